using Microsoft.Extensions.Logging;
using Synod.Paxos;
using Synod.Server.Serving;

namespace Synod.Server.Logging;

/// <summary>What an operator is told of a node: what happened, and what to do where something is to be done.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "starting name={Name} number={Node} cluster={Cluster} data={Directory}")]
    public static partial void Starting(this ILogger log, string name, NodeId node, string cluster, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "journal recovered records={Records} chosen={Chosen} promised={Promised} rewritten={Rewritten}")]
    public static partial void Recovered(this ILogger log, ulong records, ulong chosen, Ballot promised, ulong rewritten);

    [LoggerMessage(Level = LogLevel.Information, Message = "a torn write at the end of the journal was cut off; nothing in it was ever acknowledged")]
    public static partial void TailCut(this ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "started clients={Clients} peers={Peers}")]
    public static partial void Started(this ILogger log, string clients, NodeUrl peers);

    [LoggerMessage(Level = LogLevel.Information, Message = "genesis: {What}")]
    public static partial void Genesis(this ILogger log, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "trying to lead ballot={Ballot}")]
    public static partial void CampaignStarted(this ILogger log, Ballot ballot);

    [LoggerMessage(Level = LogLevel.Information, Message = "leading ballot={Ballot}")]
    public static partial void LeadershipTaken(this ILogger log, Ballot ballot);

    [LoggerMessage(Level = LogLevel.Information, Message = "following leader={Leader} ballot={Ballot}")]
    public static partial void FollowingLeader(this ILogger log, string leader, Ballot ballot);

    [LoggerMessage(Level = LogLevel.Information, Message = "not leading any more: somebody promised a higher ballot={Ballot}")]
    public static partial void LeadershipLost(this ILogger log, Ballot ballot);

    [LoggerMessage(Level = LogLevel.Warning, Message = "not leading any more: no quorum of members can be reached; look at the links to the others ballot={Ballot}")]
    public static partial void QuorumLost(this ILogger log, Ballot ballot);

    [LoggerMessage(Level = LogLevel.Warning, Message = "handed leadership over: nothing was chosen for three election time-outs; look at the disks and links of the members ballot={Ballot}")]
    public static partial void LeadershipHandedOver(this ILogger log, Ballot ballot);

    [LoggerMessage(Level = LogLevel.Information, Message = "no leader is known; requests wait for one")]
    public static partial void LeaderLost(this ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a message of no member, of another incarnation, or with impossible numbers was dropped from={Node} ballot={Ballot}")]
    public static partial void StrangeMessage(this ILogger log, NodeId node, Ballot ballot);

    [LoggerMessage(Level = LogLevel.Information, Message = "more was said to be chosen than anybody here knows of; going on without")]
    public static partial void ClaimForgotten(this ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a peer says that more is chosen and delivers none of it: it is not believed until it does; look at its log and disk peer={Peer}")]
    public static partial void ClaimNotDelivered(this ILogger log, string peer);

    [LoggerMessage(Level = LogLevel.Information, Message = "connected peer={Peer}")]
    public static partial void LinkUp(this ILogger log, string peer);

    [LoggerMessage(Level = LogLevel.Information, Message = "disconnected peer={Peer} reason=\"{Reason}\"")]
    public static partial void LinkDown(this ILogger log, string peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused peer={Peer}: {Why}")]
    public static partial void IdentityRefused(this ILogger log, string peer, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "writes are refused: {Alarm}")]
    public static partial void NoSpace(this ILogger log, string alarm);

    [LoggerMessage(Level = LogLevel.Warning, Message = "alarms were raised for the whole cluster, which refuses writes until they are disarmed: {Kinds}")]
    public static partial void AlarmsStand(this ILogger log, string kinds);

    [LoggerMessage(Level = LogLevel.Information, Message = "no alarm is raised any more: writes are taken")]
    public static partial void AlarmsCleared(this ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "there is space again: writes are taken")]
    public static partial void SpaceAgain(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "old records could not be read back; peers that have them are asked: {What}")]
    public static partial void Damage(this ILogger log, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "snapshot taken slot={Slot} bytes={Bytes} seconds={Seconds:F3}")]
    public static partial void SnapshotTaken(this ILogger log, ulong slot, long bytes, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a snapshot was given up, the next one is taken at its time; the journal keeps what it would have let go slot={Slot}: {Why}")]
    public static partial void SnapshotFailed(this ILogger log, ulong slot, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "state begins with the snapshot slot={Slot} bytes={Bytes}")]
    public static partial void SnapshotRecovered(this ILogger log, ulong slot, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "a snapshot is damaged and passed over for the one before it; check the medium slot={Slot}: {Why}")]
    public static partial void SnapshotRefused(this ILogger log, ulong slot, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "a kept snapshot is damaged and counts no more, a new one is taken with the next write; check the medium slot={Slot}: {Why}")]
    public static partial void SnapshotRotten(this ILogger log, ulong slot, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "fetching a snapshot: what is missing here is older than the peer's journal slot={Slot} bytes={Bytes} peer={Peer}")]
    public static partial void SnapshotFetching(this ILogger log, ulong slot, long bytes, string peer);

    [LoggerMessage(Level = LogLevel.Information, Message = "fetching a snapshot ended early, it begins anew if it is still needed slot={Slot} bytes={Bytes} peer={Peer}: {Why}")]
    public static partial void SnapshotFetchEnded(this ILogger log, ulong slot, long bytes, string peer, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "snapshot installed slot={Slot} bytes={Bytes} seconds={Seconds:F3} peer={Peer}")]
    public static partial void SnapshotInstalled(this ILogger log, ulong slot, long bytes, double seconds, string peer);

    [LoggerMessage(Level = LogLevel.Information, Message = "journal trimmed up to slot={Slot}")]
    public static partial void JournalTrimmed(this ILogger log, ulong slot);

    [LoggerMessage(Level = LogLevel.Critical, Message = "stopped serving for good: {Why}")]
    public static partial void NodeFaulted(this ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Critical, Message = "the {Pump} thread failed; this is a fault of the program, please report it")]
    public static partial void PumpFaulted(this ILogger log, Exception exception, string pump);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the {Pump} thread does not stop; the process ends without it")]
    public static partial void PumpDoesNotStop(this ILogger log, string pump);
}
