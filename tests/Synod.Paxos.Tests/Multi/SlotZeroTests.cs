using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>The first configuration is the decree of slot 0.</summary>
public sealed class SlotZeroTests
{
    private static readonly Instant Now = new(1_000_000_000);
    private static readonly Sender Two = new(new NodeId(2), 1, 1);

    [Fact]
    public void Slot_zero_holds_the_first_configuration_in_every_log()
    {
        var configuration = new Configuration(1, [new NodeId(9), new NodeId(2), new NodeId(5)], QuorumSystem.Flexible(3, 3, 1));
        var decrees = configuration.Voters.Select(node => new Replica(node, configuration, new ReplicaOptions()).DecreeOfSlotZero).ToArray();
        Assert.All(decrees, decree => Assert.Equal(decrees[0], decree));
        Assert.Equal(DecreeKind.Configuration, decrees[0].Kind);
        var read = Configuration.FromValue(decrees[0].Value);
        Assert.Equal(configuration.Voters, read.Voters);
        Assert.Equal(configuration.Number, read.Number);
        Assert.Equal(decrees[0].Value, read.ToValue());
    }

    [Fact]
    public void Every_kind_of_quorum_system_comes_back_from_the_decree()
    {
        foreach (var quorums in (QuorumSystem[])
            [QuorumSystem.Flexible(4, 3, 2), QuorumSystem.Weighted([3, 1, 1, 0], 3, 3), QuorumSystem.Grid(2, 2)])
        {
            var configuration = new Configuration(1, [.. Enumerable.Range(1, 4).Select(i => new NodeId((uint)i))], quorums);
            var read = Configuration.FromValue(configuration.ToValue()).Quorums;
            for (var bits = 0u; bits < 16; bits++)
            {
                var set = new MemberSet(bits);
                Assert.Equal(quorums.IsPhase1Quorum(set), read.IsPhase1Quorum(set));
                Assert.Equal(quorums.IsPhase2Quorum(set), read.IsPhase2Quorum(set));
            }
        }
    }

    [Fact]
    public void Other_voters_or_quorums_are_another_decree()
    {
        var values = new[]
        {
            Configuration.OfMajority(3).ToValue(),
            Configuration.OfMajority(5).ToValue(),
            new Configuration(1, [new NodeId(1), new NodeId(2), new NodeId(3)], QuorumSystem.Flexible(3, 3, 1)).ToValue(),
            new Configuration(2, [new NodeId(1), new NodeId(2), new NodeId(3)], QuorumSystem.Majority(3)).ToValue(),
        };
        Assert.Equal(values.Length, values.Distinct().Count());
    }

    [Fact]
    public void Catch_up_from_slot_zero_is_answered_with_it()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        replica.Step(Now, Two, new CatchUp(Slot.Zero, new Slot(5)), output);
        Assert.Equal(new Learn(Slot.Zero, replica.DecreeOfSlotZero, true), Assert.Single(output.Learns));
        Assert.Empty(output.JournalReads);
    }

    [Fact]
    public void Another_configuration_in_slot_zero_is_taken_from_nobody()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        replica.Step(Now, Two, new Learn(Slot.Zero, replica.DecreeOfSlotZero), output);
        Assert.Empty(output.Events);
        var other = new Decree(DecreeKind.Configuration, 0, Configuration.OfMajority(5).ToValue());
        replica.Step(Now, Two, new Learn(Slot.Zero, other), output);
        Assert.Equal(ReplicaEventKind.StrangeMessageDropped, Assert.Single(output.Events).Kind);
        Assert.Empty(output.Records);
    }
}
