using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Essential;

/// <summary>What a <see cref="PaxosWorld"/> consists of and what can go wrong in it.</summary>
public sealed record PaxosWorldOptions
{
    /// <summary>The acceptors and their quorums; learners use the same. At most 7 acceptors.</summary>
    public Configuration Configuration { get; init; } = Configuration.OfMajority(3);

    /// <summary>
    /// How many proposers, at most 7. Proposer i wishes for the i-th letter, in its second life for the letter and a
    /// stroke.
    /// </summary>
    public int Proposers { get; init; } = 2;

    /// <summary>How often each proposer begins phase 1, over all its lives; at most 15.</summary>
    public int BallotsPerProposer { get; init; } = 1;

    /// <summary>
    /// How many real learners listen, 0 or 1. The properties count acceptances by themselves in any case.
    /// </summary>
    public int Learners { get; init; }

    /// <summary>
    /// True: messages stay in the network and can arrive any number of times. False: each arrives once at most, and
    /// <see cref="LossesMax"/> and <see cref="DuplicationsMax"/> say what else happens to them.
    /// </summary>
    public bool MessagesStay { get; init; } = true;

    /// <summary>
    /// How many copies are lost by a step of their own. A message that never arrives is lost too, so 0 hides nothing.
    /// </summary>
    public int LossesMax { get; init; }

    /// <summary>How many copies are doubled, if they do not stay anyhow.</summary>
    public int DuplicationsMax { get; init; }

    /// <summary>How many times an acceptor crashes and starts again, over all acceptors.</summary>
    public int AcceptorCrashesMax { get; init; }

    /// <summary>How many times a proposer crashes and starts again, over all proposers.</summary>
    public int ProposerCrashesMax { get; init; }

    /// <summary>
    /// True: writing and syncing are steps of their own, messages wait for them, and a crash keeps any number of the
    /// writes under way, the oldest first. False: what is written is on disk at once.
    /// </summary>
    public bool SyncIsAStep { get; init; }

    /// <summary>How many writes an acceptor can have under way; it takes no message in while it has so many.</summary>
    public int WritesUnderWayMax { get; init; } = 2;

    /// <summary>Explore acceptors as interchangeable; not with learners, which name them.</summary>
    public bool AcceptorsAreInterchangeable { get; init; }

    /// <summary>
    /// Forget what can change nothing any more: messages that all would ignore, votes that can make no difference, what
    /// proposers at their end remember. Far fewer states; not with learners, and only where messages stay.
    /// </summary>
    public bool ForgetsTheDead { get; init; }

    /// <summary>Makes an acceptor.</summary>
    public Func<NodeId, IAcceptorRole> MakeAcceptor { get; init; } = self => new EssentialAcceptor(self);

    /// <summary>Makes a proposer.</summary>
    public Func<NodeId, Configuration, IProposerRole> MakeProposer { get; init; } =
        (self, configuration) => new EssentialProposer(self, configuration);

    /// <summary>Makes a learner.</summary>
    public Func<Configuration, Learner> MakeLearner { get; init; } = configuration => new Learner(configuration);
}
