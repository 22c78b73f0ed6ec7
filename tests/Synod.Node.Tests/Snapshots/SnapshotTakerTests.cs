namespace Synod.Node.Tests;

/// <summary>When the next snapshot of the own state is taken.</summary>
public sealed class SnapshotTakerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_snapshot_waits_until_the_decrees_since_the_last_outweigh_it(int journalPerSnapshot)
    {
        const int Puts = 400;
        var world = new WholeNode(adjust: o => o with
        {
            Snapshots = new SnapshotOptions { EveryDecrees = 10, JournalPerSnapshotMin = journalPerSnapshot },
        });
        world.Begin();
        for (var i = 0; i < Puts; i++)
        {
            var put = WholeNode.PutOf(100, $"key {i}");
            world.Node.Submit(put);
            world.RunUntil("the put is done", () => put.Ended.Count == 1);
        }
        world.RunUntil("a snapshot is there", () => world.Node.Snapshots!.Taken > 0);
        // Keys are only added: each snapshot is longer than the one before, and the next is further away.
        Assert.InRange(
            world.Node.Snapshots!.Taken,
            journalPerSnapshot == 0 ? Puts / 10 - 2 : 2,
            journalPerSnapshot == 0 ? Puts / 10 + 1 : 6);
    }
}
