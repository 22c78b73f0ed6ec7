using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

/// <summary>How large a <see cref="LogWorld"/> is, and what can go wrong in it.</summary>
public sealed record LogWorldOptions
{
    /// <summary>Who votes, and which sets of voters suffice. Every voter is a whole replica.</summary>
    public Configuration Configuration { get; init; } = Configuration.OfMajority(3);

    /// <summary>How often each voter, in order, campaigns over all its lives; those that are not in the list never do.</summary>
    public IReadOnlyList<int> Campaigns { get; init; } = [0, 1];

    /// <summary>How many commands the clients of each voter, in order, propose while it leads, over all its lives.</summary>
    public IReadOnlyList<int> Commands { get; init; } = [1, 1];

    /// <summary>
    /// True: in the beginning the first voter leads, the no-op with which it took the lead is chosen in slot 1, everybody knows,
    /// and no message is under way. False: nothing has happened yet.
    /// </summary>
    public bool FirstLeads { get; init; } = true;

    /// <summary>
    /// Whether messages that only tell a chosen prefix arrive; Accepts tell it as well. Without them worlds are much smaller.
    /// </summary>
    public bool ChosenArrives { get; init; } = true;

    /// <summary>
    /// True: messages stay in the network and can arrive any number of times. False: each arrives once at most, and
    /// <see cref="LossesMax"/> and <see cref="DuplicationsMax"/> say what else happens to them.
    /// </summary>
    public bool MessagesStay { get; init; } = true;

    /// <summary>How many copies are lost by a step of their own.</summary>
    public int LossesMax { get; init; }

    /// <summary>How many copies are doubled, if they do not stay anyhow.</summary>
    public int DuplicationsMax { get; init; }

    /// <summary>How many times a node crashes and starts again, over all nodes.</summary>
    public int CrashesMax { get; init; }

    /// <summary>
    /// True: a sync is a step of its own, messages wait for it, and a crash keeps any number of the records under way, the
    /// oldest first. False: what is written is on disk at once.
    /// </summary>
    public bool SyncIsAStep { get; init; }

    /// <summary>How many records a node can have under way; it takes no input while it has so many.</summary>
    public int RecordsUnderWayMax { get; init; } = 3;

    /// <summary>Limits and times of the replicas. The clock stands still, so times say nothing here.</summary>
    public ReplicaOptions Replica { get; init; } = new() { WindowSlots = 2 };

    /// <summary>Makes a replica.</summary>
    public Func<NodeId, Configuration, ReplicaOptions, ReplicaRole> MakeReplica { get; init; } =
        (self, configuration, options) => new ReplicaRole(self, configuration, options);
}
