using Synod.Paxos;

namespace Synod.Explorer.Practical;

/// <summary>What a <see cref="PracticalWorld"/> consists of and what can go wrong in it.</summary>
public sealed record PracticalWorldOptions
{
    /// <summary>The members and their quorums; at most 7.</summary>
    public Configuration Configuration { get; init; } = Configuration.OfMajority(3);

    /// <summary>
    /// How many of them propose, the first ones. Member i wishes for the i-th letter, in its second life for the letter
    /// and a stroke.
    /// </summary>
    public int Proposers { get; init; } = 2;

    /// <summary>How often each proposing member begins phase 1, over all its lives; at most 15.</summary>
    public int BallotsPerProposer { get; init; } = 1;

    /// <summary>
    /// How many members learn, the first ones. The properties count acceptances by themselves in any case.
    /// </summary>
    public int Learners { get; init; }

    /// <summary>
    /// How many times a member crashes and starts again, over all members. With each crash the write under way reaches
    /// the disk or does not, and what waits for it is never sent.
    /// </summary>
    public int CrashesMax { get; init; }

    /// <summary>
    /// True: each write takes a while, and its end is a step of its own. False: what is written is on disk at once.
    /// </summary>
    public bool SyncIsAStep { get; init; } = true;

    /// <summary>Whether acceptors say so when they refuse.</summary>
    public bool Nacks { get; init; } = true;

    /// <summary>
    /// Forget what can change nothing any more: messages that all would ignore, and votes that can make no difference.
    /// Far fewer states; not with learners.
    /// </summary>
    public bool ForgetsTheDead { get; init; }

    /// <summary>Makes a member.</summary>
    public Func<NodeId, Configuration, IMemberRole> MakeMember { get; init; } =
        (self, configuration) => new PracticalMember(self, configuration);
}
