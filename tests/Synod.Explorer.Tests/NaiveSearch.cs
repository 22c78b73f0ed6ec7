using Synod.Paxos;

namespace Synod.Explorer.Tests;

/// <summary>A second opinion: the plainest search there is, with whole states and without any shortcut.</summary>
internal static class NaiveSearch
{
    /// <summary>What was found: all states as bytes, and how many steps were tried.</summary>
    public sealed record Found(IReadOnlyList<byte[]> States, long Transitions);

    /// <summary>Goes everywhere.</summary>
    /// <param name="world">The world.</param>
    /// <param name="step">Sees every state with every action in it, before the action is applied; may be null.</param>
    public static Found Explore(IWorld world, Action<byte[], WorldAction>? step = null)
    {
        var seen = new HashSet<string>();
        var states = new List<byte[]>();
        var transitions = 0L;
        void Arrive()
        {
            var bytes = Bytes(world.Write);
            if (seen.Add(Convert.ToHexString(bytes)))
            {
                states.Add(bytes);
            }
        }
        world.Reset(0);
        Arrive();
        for (var next = 0; next < states.Count; next++)
        {
            var state = states[next];
            Load(world, state);
            var actions = new ActionList();
            world.ListActions(actions);
            for (var i = 0; i < actions.Count; i++)
            {
                transitions++;
                step?.Invoke(state, actions[i]);
                Load(world, state);
                var changed = world.Apply(actions[i]);
                // "Nothing changed" is believed by the explorer; here it is looked at.
                Assert.True(changed || Bytes(world.Write).AsSpan().SequenceEqual(state));
                Arrive();
            }
        }
        return new Found(states, transitions);
    }

    public static byte[] Bytes(Action<StateWriter> write)
    {
        var writer = new StateWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    public static void Load(IWorld world, byte[] state)
    {
        var reader = new StateReader(state);
        world.Read(ref reader);
        Assert.True(reader.IsAtEnd);
    }
}
