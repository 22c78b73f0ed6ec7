using Synod.Explorer.Essential;
using Synod.Paxos;

namespace Synod.Explorer.Stories;

/// <summary>Who plays on a <see cref="PaxosStage"/>: the real classes, unless another is named.</summary>
public sealed record StageCast
{
    /// <summary>What each proposer wishes for; as many proposers as wishes.</summary>
    public required IReadOnlyList<string> Wishes { get; init; }

    /// <summary>The acceptors' quorums.</summary>
    public QuorumSystem Quorums { get; init; } = QuorumSystem.Majority(3);

    /// <summary>How many learners there are.</summary>
    public int Learners { get; init; } = 1;

    /// <summary>Makes a proposer.</summary>
    public Func<NodeId, Configuration, IProposerRole> MakeProposer { get; init; } =
        (self, configuration) => new EssentialProposer(self, configuration);

    /// <summary>Makes an acceptor.</summary>
    public Func<NodeId, IAcceptorRole> MakeAcceptor { get; init; } = self => new EssentialAcceptor(self);

    /// <summary>Makes the disk of an acceptor.</summary>
    public Func<NodeId, IStateDisk> MakeDisk { get; init; } = _ => new SoundDisk();
}
