namespace Synod.Node.Tests;

/// <summary>Who waits for a command that a snapshot has carried out unseen is told so; who waits for a later one goes on waiting.</summary>
public sealed class SnapshotWaitersTests
{
    [Fact]
    public void Settled_commands_end_as_unknown_and_open_ones_stay()
    {
        var waiters = new Waiters();
        var requests = Enumerable.Range(1, 5).Select(_ => new RecordedWrite([])).ToArray();
        for (var i = 0; i < requests.Length; i++)
        {
            waiters.Add((ulong)i + 1, requests[i]);
        }
        waiters.FailSettled(sequence => sequence is 1 or 2 or 4, Failure.TimedOut);
        Assert.Equal([1, 1, 0, 1, 0], requests.Select(r => r.Ended.Count));
        Assert.All([requests[0], requests[1], requests[3]], r => Assert.Equal(Failure.TimedOut, r.Ended.Failure));
        Assert.Equal(3UL, waiters.AnsweredBelow);
        Assert.True(waiters.Waits(3) && waiters.Waits(5));
    }
}
