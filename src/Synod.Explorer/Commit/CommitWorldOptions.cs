using Synod.Paxos;
using Synod.Paxos.Commit;

namespace Synod.Explorer.Commit;

/// <summary>What a <see cref="CommitWorld"/> consists of and what can go wrong in it.</summary>
public sealed record CommitWorldOptions
{
    /// <summary>How many participants, at most 4; each may vote at any time, or never.</summary>
    public int Participants { get; init; } = 2;

    /// <summary>Whether participants may also vote to abort, not only that they are prepared.</summary>
    public bool MayVoteAborted { get; init; } = true;

    /// <summary>How many of them must be prepared for a commit; null for all.</summary>
    public int? PreparedNeeded { get; init; }

    /// <summary>The acceptors and their quorums, at most 7.</summary>
    public Configuration Configuration { get; init; } = Configuration.OfMajority(3);

    /// <summary>How many nodes may begin a recovery, at any time, at most 2; rivals if there are two.</summary>
    public int Recoveries { get; init; } = 1;

    /// <summary>How many times a participant crashes and starts again, over all of them.</summary>
    public int ParticipantCrashesMax { get; init; }

    /// <summary>How many times a node crashes that recovers, and may begin anew, over all of them; at most 1.</summary>
    public int RecoveryCrashesMax { get; init; }

    /// <summary>How many times an acceptor crashes and starts again from its disk, over all of them.</summary>
    public int AcceptorCrashesMax { get; init; }

    /// <summary>
    /// True: an acceptor's write takes a while, its answer waits for it, and a crash keeps any number of the writes under
    /// way, the oldest first. False: what is written is on disk at once.
    /// </summary>
    public bool AcceptorSyncIsAStep { get; init; }

    /// <summary>Whether acceptors may be told what became of the transaction, and then forget it.</summary>
    public bool OutcomeIsTold { get; init; }

    /// <summary>Explore acceptors as interchangeable.</summary>
    public bool AcceptorsAreInterchangeable { get; init; } = true;

    /// <summary>Makes a participant.</summary>
    public Func<NodeId, Transaction, IParticipantRole> MakeParticipant { get; init; } =
        (self, transaction) => new RealParticipant(self, transaction);

    /// <summary>Makes who recovers.</summary>
    public Func<NodeId, Configuration, Transaction, IRecoveryRole> MakeRecovery { get; init; } =
        (self, configuration, transaction) => new RealRecovery(self, configuration, transaction);

    /// <summary>Makes an acceptor.</summary>
    public Func<NodeId, ICommitAcceptorRole> MakeAcceptor { get; init; } = self => new RealCommitAcceptor(self);
}
