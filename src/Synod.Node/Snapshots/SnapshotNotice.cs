using Synod.Paxos;

namespace Synod.Node;

/// <summary>What happened to a snapshot.</summary>
public enum SnapshotNoticeKind
{
    /// <summary>This node has written one of its own state; it is durable.</summary>
    Taken,

    /// <summary>One could not be written; the next one is tried at its time.</summary>
    Failed,

    /// <summary>At the start: the state begins with this one.</summary>
    Recovered,

    /// <summary>At the start: this one is damaged or makes no sense, and is passed over.</summary>
    Refused,

    /// <summary>A peer's snapshot is being fetched: its journal does not reach back to what is missing here.</summary>
    Fetching,

    /// <summary>Fetching was given up; it begins anew with whoever answers.</summary>
    FetchEnded,

    /// <summary>A peer's snapshot has become the state of this node.</summary>
    Installed,

    /// <summary>A kept one was read through and is damaged; another is taken in its place as soon as it can be newer than the rest.</summary>
    Rotten,

    /// <summary>The journal lets go of everything up to the slot.</summary>
    JournalLetGo,
}

/// <summary>One event about snapshots, for the log.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Slot">Which snapshot: the last slot applied in it.</param>
/// <param name="Bytes">Its length, where that is known.</param>
/// <param name="Took">In Taken and Installed: how long it took.</param>
/// <param name="Peer">In Fetching, FetchEnded and Installed: from whom.</param>
/// <param name="Text">Why, where there is something to say.</param>
public readonly record struct SnapshotNotice(
    SnapshotNoticeKind Kind, Slot Slot, long Bytes = 0, TimeSpan Took = default, NodeId Peer = default,
    string? Text = null);
