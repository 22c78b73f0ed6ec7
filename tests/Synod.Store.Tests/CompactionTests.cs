namespace Synod.Store.Tests;

/// <summary>Compaction: what is refused, what stays, and that room comes back.</summary>
public class CompactionTests
{
    private readonly TestStore _store = new();

    [Fact]
    public void The_compacted_revision_stays_readable_and_older_ones_are_refused()
    {
        _store.Run(new Put("a", "1"));
        _store.Run(new Put("a", "2"));
        _store.Run(new Put("a", "3"));
        Assert.Equal("compacted @4", _store.Answer(new CompactAt(3)));
        Forget();
        Assert.Equal("range [<a=2 c2 m3 v2 l0>] count 1 more False @4", _store.Read(new Get("a") { Revision = 3 }));
        Assert.Equal("error Compacted @4", _store.Read(new Get("a") { Revision = 2 }));
        Assert.Equal("range [<a=3 c2 m4 v3 l0>] count 1 more False @4", _store.Read(new Get("a")));
    }

    [Fact]
    public void Compacting_again_or_ahead_is_refused()
    {
        _store.Run(new Put("a"));
        _store.Run(new Put("a"));
        Assert.Equal("compacted @3", _store.Answer(new CompactAt(2)));
        Assert.Equal("error Compacted @3", _store.Answer(new CompactAt(2)));
        Assert.Equal("error Compacted @3", _store.Answer(new CompactAt(1)));
        Assert.Equal("error FutureRevision @3", _store.Answer(new CompactAt(4)));
        Assert.Equal(2, _store.Store.CompactedRevision);
    }

    [Fact]
    public void Watches_from_the_compacted_revision_on_see_everything_and_older_ones_are_refused()
    {
        _store.Run(new Put("a", "1"));
        _store.Run(new Put("a", "2"));
        _store.Run(new Delete("a"));
        _store.Run(new Put("b", "1"));
        Assert.True(_store.Store.TryFindEvents(2, out EventPosition old));
        _store.Run(new CompactAt(4));
        Assert.Equal("compacted", _store.Events(3));
        string events = _store.Events(4);
        Forget();
        Assert.Equal("DELETE <a= c0 m4 v0 l0> was <a=2 c2 m3 v2 l0>\nPUT <b=1 c5 m5 v1 l0>", events);
        Assert.Equal(events, _store.Events(4));
        var sink = new Nobody();
        Assert.False(_store.Store.TryReadEvents(ref old, ref sink, 1));
    }

    [Fact]
    public void A_deleted_key_is_forgotten_and_can_come_back()
    {
        _store.Run(new Put("a", "1"));
        _store.Run(new Delete("a"));
        _store.Run(new Put("b", "1"));
        _store.Run(new CompactAt(4));
        Forget();
        Assert.Equal("", _store.Keys("a", "b", 4));
        Assert.Equal("put - @5", _store.Answer(new Put("a", "2", 0, true)));
        Assert.Equal("range [<a=2 c5 m5 v1 l0>] count 1 more False @5", _store.Read(new Get("a")));
    }

    [Fact]
    public void A_key_deleted_and_put_again_survives_compaction_between_the_two()
    {
        _store.Run(new Put("a", "1"));
        _store.Run(new Delete("a"));
        _store.Run(new Put("b", "1"));
        _store.Run(new Put("a", "2"));
        _store.Run(new Put("a", "3"));
        _store.Run(new CompactAt(4));
        Forget();
        Assert.Equal("b", _store.Keys("\0", "\0", 4));
        Assert.Equal("a b", _store.Keys("\0", "\0", 5));
        _store.Run(new CompactAt(6));
        Forget();
        Assert.Equal("range [<a=3 c5 m6 v2 l0>] count 1 more False @6", _store.Read(new Get("a")));
    }

    [Fact]
    public void The_room_of_forgotten_versions_is_used_again()
    {
        long settled = 0;
        for (int round = 0; round < 40; round++)
        {
            for (int i = 0; i < 2000; i++)
            {
                _store.Run(new Put($"key{i % 500:d4}", new string('v', 100)));
            }
            _store.Run(new CompactAt(_store.Store.CurrentRevision));
            Forget();
            settled = round == 1 ? _store.Store.Size.AllocatedBytes : settled;
        }
        // The history begins anywhere in a chunk, so that now and then it takes one more.
        Assert.InRange(_store.Store.Size.AllocatedBytes, 0, settled + 16_384);
    }

    [Fact]
    public void Keys_that_come_and_go_leave_nothing_behind()
    {
        long settled = 0;
        for (int round = 0; round < 30; round++)
        {
            for (int i = 0; i < 3000; i++)
            {
                _store.Run(new Put($"event/{(round * 3000) + i:d9}", "value"));
            }
            _store.Run(new Delete("event/", "event0"));
            _store.Run(new Put("other"));
            _store.Run(new CompactAt(_store.Store.CurrentRevision));
            Forget();
            settled = round == 2 ? _store.Store.Size.AllocatedBytes : settled;
        }
        Assert.Equal("other", _store.Keys());
        // The history begins anywhere in a chunk, so that now and then it takes one more.
        Assert.InRange(_store.Store.Size.AllocatedBytes, 0, settled + 16_384);
    }

    [Fact]
    public void Commands_alone_bring_the_forgetting_forward()
    {
        for (int i = 0; i < 6400; i++)
        {
            _store.Run(new Put("a", "value"));
        }
        _store.Run(new CompactAt(_store.Store.CurrentRevision));
        long before = _store.Store.Size.UsedBytes;
        for (int i = 0; i < 6400 / OrderedStore.ReclaimedPerCommand; i++)
        {
            _store.Run(new Delete("nothing"));
        }
        Assert.False(_store.Store.Reclaim(0));
        Assert.InRange(_store.Store.Size.UsedBytes, 0, before / 50);
    }

    private void Forget()
    {
        while (_store.Store.Reclaim(100))
        {
        }
    }

    private readonly struct Nobody : IEventSink
    {
        public void Take(in EventView e)
        {
        }
    }
}
