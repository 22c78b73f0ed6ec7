using System.Buffers;
using Synod.Paxos;
using Synod.Store;

namespace Synod.Node.Tests.Compaction;

/// <summary>When compactions are proposed, and at which revision.</summary>
public sealed class AutoCompactorTests
{
    private readonly OrderedStore _store = new();
    private readonly List<WriteRequest> _submitted = [];
    private ulong _slot;
    private Instant _now = new(1);

    [Fact]
    public void By_revisions_the_leader_keeps_as_many_as_it_was_told_and_at_most_a_tenth_more()
    {
        var compactor = new AutoCompactor(new CompactionOptions { Revisions = 100 }, _submitted.Add);
        Put(109);
        Turn(compactor);
        Assert.Empty(_submitted);
        Put(2);
        Turn(compactor);
        Carry();
        Assert.Equal(_store.CurrentRevision - 100, _store.CompactedRevision);
        Turn(compactor);
        Assert.Empty(_submitted);
    }

    [Fact]
    public void By_time_what_was_written_within_the_period_is_kept()
    {
        var compactor = new AutoCompactor(CompactionOptions.Off with { Period = TimeSpan.FromHours(1) }, _submitted.Add);
        Put(10);
        Turn(compactor);
        var before = _store.CurrentRevision;
        for (var minute = 0; minute < 59; minute++)
        {
            _now += TimeSpan.FromMinutes(1);
            Put(1);
            Turn(compactor);
        }
        Assert.Empty(_submitted);
        _now += TimeSpan.FromMinutes(1);
        Turn(compactor);
        Carry();
        Assert.Equal(before, _store.CompactedRevision);
        for (var minute = 0; minute < 30; minute++)
        {
            _now += TimeSpan.FromMinutes(1);
            Put(1);
            Turn(compactor);
            Carry();
        }
        Assert.InRange(_store.CompactedRevision, before + 24, before + 30);
    }

    [Fact]
    public void Only_the_leader_proposes_and_a_new_leader_knows_at_once_how_old_revisions_are()
    {
        var compactor = new AutoCompactor(CompactionOptions.Off with { Period = TimeSpan.FromMinutes(10) }, _submitted.Add);
        for (var minute = 0; minute < 30; minute++)
        {
            _now += TimeSpan.FromMinutes(1);
            Put(1);
            compactor.Turn(_now, false, _store);
        }
        Assert.Empty(_submitted);
        Turn(compactor);
        Carry();
        Assert.InRange(_store.CompactedRevision, _store.CurrentRevision - 11, _store.CurrentRevision - 10);
    }

    [Fact]
    public void One_is_under_way_at_a_time_and_a_failed_one_is_tried_again_later()
    {
        var compactor = new AutoCompactor(new CompactionOptions { Revisions = 10 }, _submitted.Add);
        Put(100);
        Turn(compactor);
        Turn(compactor);
        var first = Assert.Single(_submitted);
        first.Fail(Failure.NoLeader);
        Turn(compactor);
        Assert.Single(_submitted);
        _now += TimeSpan.FromSeconds(1);
        Turn(compactor);
        Assert.Equal(2, _submitted.Count);
    }

    [Fact]
    public void Off_means_never()
    {
        var compactor = new AutoCompactor(CompactionOptions.Off, _submitted.Add);
        Put(1000);
        _now += TimeSpan.FromDays(100);
        Turn(compactor);
        Assert.Empty(_submitted);
    }

    private void Turn(AutoCompactor compactor) => compactor.Turn(_now, true, _store);

    private void Carry()
    {
        foreach (var request in _submitted)
        {
            var outcome = _store.Apply(0, new Slot(++_slot), 0, request.Command.Span, true);
            Assert.IsType<CompactOutcome>(outcome);
            request.Applied(outcome, _store);
        }
        _submitted.Clear();
    }

    private void Put(int times)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(bytes);
        writer.Begin();
        writer.Put(new PutOperation { Key = "k"u8, Value = "v"u8 });
        for (var i = 0; i < times; i++)
        {
            _store.Apply(0, new Slot(++_slot), 0, bytes.WrittenSpan, false);
        }
    }
}
