namespace Synod.Store.Tests;

/// <summary>The history that watchers read.</summary>
public class HistoryTests
{
    private readonly TestStore _store = new();

    [Fact]
    public void Events_come_in_revision_order_with_what_was_before()
    {
        _store.Run(new Put("a", "1"));
        _store.Run(new Txn(new Put("b", "1"), new Put("a", "2")));
        _store.Run(new Delete("a"));
        _store.Run(new Put("a", "3"));
        Assert.Equal(
            """
            PUT <a=1 c2 m2 v1 l0>
            PUT <b=1 c3 m3 v1 l0>
            PUT <a=2 c2 m3 v2 l0> was <a=1 c2 m2 v1 l0>
            DELETE <a= c0 m4 v0 l0> was <a=2 c2 m3 v2 l0>
            PUT <a=3 c5 m5 v1 l0>
            """,
            _store.Events(0));
        Assert.Equal("PUT <a=3 c5 m5 v1 l0>", _store.Events(5));
        Assert.Equal("", _store.Events(6));
        Assert.Equal("", _store.Events(600));
    }

    [Fact]
    public void The_events_of_one_revision_are_never_parted()
    {
        _store.Run(new Put("a"));
        _store.Run(new Txn(new Put("b"), new Put("c"), new Put("d")));
        _store.Run(new Put("e"));
        Assert.Equal(1, Count(0, 1));
        Assert.Equal(4, Count(0, 2));
        Assert.Equal(4, Count(0, 4));
        Assert.Equal(5, Count(0, 5));
        Assert.Equal(3, Count(3, 1));
        // Even a budget of nothing makes progress, or a reader would turn for ever.
        Assert.Equal(0, Count(0, 0));
    }

    [Fact]
    public void A_reader_that_keeps_up_gets_each_commands_events_without_a_search()
    {
        EventPosition position = _store.Store.HistoryEnd;
        for (int i = 0; i < 10_000; i++)
        {
            _store.Run(new Txn(new Put($"{i % 7}", $"{i}"), new Put("x", $"{i}")));
            var sink = new Keep([]);
            Assert.True(_store.Store.TryReadEvents(ref position, ref sink, 100));
            Assert.Equal([$"{i % 7}={i}", $"x={i}"], sink.Seen);
            Assert.Equal(_store.Store.HistoryEnd, position);
        }
    }

    [Fact]
    public void Every_revision_can_be_found_in_a_long_history()
    {
        for (int i = 0; i < 20_000; i++)
        {
            _store.Run(new Put("k", $"{i}"));
        }
        for (int i = 0; i < 20_000; i += 37)
        {
            Assert.True(_store.Store.TryFindEvents(i + 2, out EventPosition position));
            var sink = new Keep([]);
            _store.Store.TryReadEvents(ref position, ref sink, 1);
            Assert.Equal([$"k={i}"], sink.Seen);
        }
    }

    private int Count(long from, int eventsMax)
    {
        string events = _store.Events(from, eventsMax);
        return events.Length == 0 ? 0 : events.Split('\n').Length;
    }

    private readonly record struct Keep(List<string> Seen) : IEventSink
    {
        public void Take(in EventView e) =>
            Seen.Add($"{Operation.Text(e.KeyValue.Key)}={Operation.Text(e.KeyValue.Value)}");
    }
}
