using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;

namespace Synod.Node.Tests;

/// <summary>When the next snapshot of the own state is taken.</summary>
public sealed class SnapshotTakerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_refused_snapshot_would_have_covered_weighs_on(bool isDurable)
    {
        var board = new SnapshotBoard(static () => { }, static () => { });
        var files = new SnapshotMailboxes(static () => { }, static () => { });
        var options = new NodeOptions
        {
            Self = new NodeId(1), ClusterId = 1, Identity = new DataIdentity(17), Members = [],
            Snapshots = new SnapshotOptions { EveryDecrees = 10, JournalPerSnapshotMin = 1 },
        };
        var configuration = new Configuration(1, [new NodeId(1)], QuorumSystem.Majority(1));
        var taker = new SnapshotTaker(
            options, configuration, board, files.Pieces, new SnapshotFile(Slot.Zero, 500_000), 1_000_000);
        var state = new ReplicatedState(0);
        var driver = new StateDriver(1);
        Assert.Equal(new Slot(10), NextBegun());
        board.OwnDurable = isDurable ? new Slot(10) : Slot.Zero;
        board.OwnEnded = new Slot(10);
        taker.Turn(new Instant(1), state);
        // A few bytes since: they are not worth another one, unless all those before still wait for one.
        Assert.Equal(isDurable ? Slot.Zero : new Slot(20), NextBegun());

        Slot NextBegun()
        {
            for (var i = 0; i < 10; i++)
            {
                state.Apply(driver.Next(), static _ => false);
                taker.Applied(state, 1);
            }
            var begun = Slot.Zero;
            while (taker.Turn(new Instant(1), state) != Instant.Never || files.Pieces.Count > 0)
            {
                begun = files.Pieces.TryTake(out var piece) ? piece.Slot : begun;
            }
            return begun;
        }
    }

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
