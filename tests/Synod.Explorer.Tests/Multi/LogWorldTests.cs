using Synod.Explorer.Multi;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Multi;

/// <summary>
/// Worlds of whole replicas with their number of unique states. A number that changes means that a role, the network or
/// what a replica writes of itself is different: find out why before pinning the new one.
/// </summary>
public class LogWorldTests
{
    private static readonly Configuration TwoNodes =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 1, phase2Size: 2));

    private static readonly Dictionary<string, LogWorldOptions> Canonical = new()
    {
        ["two nodes, rival leaders"] = new() { Configuration = TwoNodes },
        ["two nodes, a crash"] = new() { Configuration = TwoNodes, CrashesMax = 1, ChosenArrives = false },
        ["two nodes, late syncs, a crash"] =
            new() { Configuration = TwoNodes, SyncIsAStep = true, CrashesMax = 1, ChosenArrives = false },
        ["two nodes, each message once, one loss and one duplicate"] =
            new() { Configuration = TwoNodes, MessagesStay = false, LossesMax = 1, DuplicationsMax = 1, ChosenArrives = false },
        ["three nodes, rival leaders, one command"] = new() { Commands = [1, 0], ChosenArrives = false },
        ["three nodes, rival leaders, one command, a crash"] =
            new() { Commands = [1, 0], ChosenArrives = false, CrashesMax = 1 },
        ["three nodes, one leader, from nothing"] =
            new() { FirstLeads = false, Campaigns = [1], Commands = [1], ChosenArrives = false },
    };

    [Theory]
    [InlineData("two nodes, rival leaders", 6_302, 20)]
    [InlineData("two nodes, a crash", 11_063, 16)]
    [InlineData("two nodes, late syncs, a crash", 61_480, 24)]
    [InlineData("two nodes, each message once, one loss and one duplicate", 44_731, 16)]
    [InlineData("three nodes, rival leaders, one command", 8_500, 17)]
    [InlineData("three nodes, rival leaders, one command, a crash", 102_253, 19)]
    [InlineData("three nodes, one leader, from nothing", 2_987, 17)]
    public void Every_state_is_right_in(string world, int states, int depth)
    {
        var options = Canonical[world];
        // One leader alone has nobody to adopt from.
        var properties = LogProperties.All.Where(
            property => options.Campaigns.Count > 1 || property != LogProperties.SomebodyAdopts);
        var result = Exploration.Explore(new LogWorld(options), new ExplorationLimits { StatesMax = 700_000 }, [.. properties]);
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((states, depth), (result.UniqueStates, result.Depth));
    }

    /// <summary>
    /// Three nodes, two rival leaders, loss, duplication, late syncs and a crash that keeps any part of what was not synced:
    /// too large to be seen whole, so all of it up to a depth.
    /// </summary>
    [Theory]
    [InlineData(false, 10, 47_294)]
    [InlineData(true, 12, 90_293)]
    public void Every_state_is_right_up_to_a_depth_with_three_nodes_and_a_crash(bool late, int depth, int states)
    {
        var result = Exploration.Explore(
            new LogWorld(new LogWorldOptions { CrashesMax = 1, SyncIsAStep = late }),
            new ExplorationLimits { DepthMax = depth }, LogProperties.All);
        Assert.DoesNotContain(result.Properties, property => property.Verdict == PropertyVerdict.Violated);
        Assert.Equal((ExplorationEnd.DepthMaxReached, states), (result.End, result.UniqueStates));
        Assert.Equal(PropertyVerdict.Holds, result[LogProperties.TwoSlotsAreChosen.Name].Verdict);
        Assert.Equal(PropertyVerdict.Holds, result[LogProperties.SomebodyAdopts.Name].Verdict);
    }

    [Fact]
    public void The_same_world_twice_gives_the_same_states_in_the_same_order()
    {
        var options = Canonical["two nodes, rival leaders"];
        var first = Exploration.Explore(new LogWorld(options), new ExplorationLimits(), LogProperties.All);
        var second = Exploration.Explore(new LogWorld(options), new ExplorationLimits(), LogProperties.All);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.ToString(), second.ToString());
    }

    [Fact]
    public void What_a_world_writes_it_reads_back_in_every_state()
    {
        var world = new LogWorld(new LogWorldOptions { SyncIsAStep = true, CrashesMax = 1 });
        var same = Property.Always<LogWorld>("reads back", w =>
        {
            var before = Bytes(w);
            var reader = new StateReader(before);
            w.Read(ref reader);
            return reader.IsAtEnd && before.AsSpan().SequenceEqual(Bytes(w));
        });
        var result = Exploration.Explore(world, new ExplorationLimits { DepthMax = 6 }, same);
        Assert.NotEqual(PropertyVerdict.Violated, result["reads back"].Verdict);
    }

    private static byte[] Bytes(LogWorld world)
    {
        var writer = new StateWriter();
        world.Write(writer);
        return writer.Written.ToArray();
    }
}
