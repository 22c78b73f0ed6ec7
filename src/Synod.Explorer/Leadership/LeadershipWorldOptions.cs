using Synod.Paxos;

namespace Synod.Explorer.Leadership;

/// <summary>What a <see cref="LeadershipWorld"/> consists of and what can go wrong in it.</summary>
public sealed record LeadershipWorldOptions
{
    /// <summary>The members and their quorums; at most 7.</summary>
    public Configuration Configuration { get; init; } = Configuration.OfMajority(3);

    /// <summary>
    /// How often each member, in order, ticks over all its lives, at most 15; those that are not in the list never do.
    /// Each tick may begin a ballot. Member i wishes for the i-th letter, in its second life for the letter and a stroke.
    /// </summary>
    public IReadOnlyList<int> Ticks { get; init; } = [1, 1];

    /// <summary>How many times a member crashes and starts again, over all members. Writes are on disk at once.</summary>
    public int CrashesMax { get; init; }

    /// <summary>Whether acceptors say so when they refuse.</summary>
    public bool Nacks { get; init; } = true;

    /// <summary>Makes a member.</summary>
    public Func<NodeId, Configuration, ILeadershipRole> MakeMember { get; init; } =
        (self, configuration) => new FunctionalMember(self, configuration);
}
