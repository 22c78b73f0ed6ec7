using Synod.Explorer.Practical;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Practical;

/// <summary>
/// Canonical worlds with their number of unique states. A number that changes means that a role, the outbox, the
/// network or the hashing behaves differently: find out why before pinning the new one.
/// </summary>
public class PracticalWorldTests
{
    [Theory]
    [InlineData("three members, two proposers", 93_549, 24)]
    [InlineData("two members, refusals, a crash", 148_894, 20)]
    [InlineData("two members, a crash between write and reply", 163_369, 26)]
    [InlineData("two members, refusals, a crash between write and reply", 90_787, 33)]
    [InlineData("two members, refusals, late writes, one learns", 52_759, 35)]
    [InlineData("one proposer, two ballots, a crash between write and reply", 199_149, 27)]
    public void Every_state_is_right_in(string world, int states, int depth)
    {
        var options = CanonicalWorlds.ByName[world];
        var result = Exploration.Explore(
            new PracticalWorld(options), new ExplorationLimits(), CanonicalWorlds.PropertiesFor(options));
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((states, depth), (result.UniqueStates, result.Depth));
    }

    [Fact]
    public void What_is_said_to_change_nothing_changes_nothing()
    {
        var world = new PracticalWorld(new()
        {
            Configuration = Configuration.OfMajority(1), Proposers = 1, BallotsPerProposer = 2, CrashesMax = 1,
        });
        var seen = new HashSet<string>();
        var open = new Queue<byte[]>();
        var unchanged = 0;
        void Arrive()
        {
            var bytes = Bytes(world);
            if (seen.Add(Convert.ToHexString(bytes)))
            {
                open.Enqueue(bytes);
            }
        }
        Arrive();
        while (open.TryDequeue(out var state))
        {
            Load(world, state);
            var actions = new ActionList();
            world.ListActions(actions);
            for (var i = 0; i < actions.Count; i++)
            {
                Load(world, state);
                Assert.Equal(state, Bytes(world));
                if (!world.Apply(actions[i]))
                {
                    unchanged++;
                    Assert.Equal(state, Bytes(world));
                }
                Arrive();
            }
        }
        Assert.True(unchanged > 100 && seen.Count > 100, $"{unchanged} of {seen.Count}");
        var result = Exploration.Explore(world, new ExplorationLimits());
        Assert.Equal(seen.Count, result.UniqueStates);
    }

    private static byte[] Bytes(PracticalWorld world)
    {
        var writer = new StateWriter();
        world.Write(writer);
        return writer.Written.ToArray();
    }

    private static void Load(PracticalWorld world, byte[] state)
    {
        var reader = new StateReader(state);
        world.Read(ref reader);
        Assert.True(reader.IsAtEnd);
    }
}
