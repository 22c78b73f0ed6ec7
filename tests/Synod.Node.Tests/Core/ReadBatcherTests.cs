using Synod.Paxos;
using Synod.Store;

namespace Synod.Node.Tests;

public sealed class ReadBatcherTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(7);

    [Fact]
    public void A_read_that_joined_late_does_not_expire_with_the_oldest()
    {
        var batcher = new ReadBatcher(10);
        var (old, young, younger) = (new Recorder(), new Recorder(), new Recorder());
        var start = new Instant(0);
        batcher.Add(old, start);
        batcher.Add(young, start + (Timeout / 2));
        Assert.True(batcher.TryBegin(start + (Timeout / 2), out var request));
        batcher.Add(younger, start + (Timeout * 0.75));
        batcher.Expire(start + Timeout, Timeout, Failure.NoLeader);
        Assert.Equal((1, 0, 0), (old.Failures, young.Failures, younger.Failures));
        Assert.False(batcher.CanBegin); // The question is still under way, for the one that is left.
        Assert.True(batcher.TryEnd(request, out var reads, out var since));
        Assert.Equal((young, start + (Timeout / 2)), (Assert.Single(reads), since));
        batcher.Expire(start + (Timeout * 1.75), Timeout, Failure.NoLeader);
        Assert.Equal((1, 0, 1), (old.Failures, young.Failures, younger.Failures));
        Assert.Equal(0, batcher.Count);
    }

    [Fact]
    public void A_question_whose_reads_have_all_expired_is_over()
    {
        var batcher = new ReadBatcher(10);
        batcher.Add(new Recorder(), default);
        Assert.True(batcher.TryBegin(default, out var request));
        batcher.Expire(new Instant(0) + Timeout, Timeout, Failure.NoLeader);
        Assert.False(batcher.TryEnd(request, out _, out _));
        batcher.Add(new Recorder(), new Instant(0) + Timeout);
        Assert.True(batcher.TryBegin(new Instant(0) + Timeout, out var next));
        Assert.NotEqual(request, next);
    }

    private sealed class Recorder() : ReadRequest(true)
    {
        public int Failures { get; private set; }

        public override void Run(OrderedStore store) => Assert.Fail("not run here");

        public override void Fail(Failure failure) => Failures++;
    }
}
