using Microsoft.Extensions.Logging;
using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Server.Logging;
using Synod.Store;

namespace Synod.Server.Running;

/// <summary>Writes what a node's actors tell into the log, with members by their names, and counts it for the metrics.</summary>
internal sealed class LogObserver(ILogger log, IReadOnlyList<Node.InitialMember> members, Action<string> fault)
    : INodeObserver
{
    private long _leaderChanges;
    private long _campaigns;
    private long _strangeMessages;

    /// <summary>How often this node followed another leader than before, or led itself.</summary>
    public long LeaderChanges => Volatile.Read(ref _leaderChanges);

    /// <summary>How often this node tried to lead.</summary>
    public long Campaigns => Volatile.Read(ref _campaigns);

    /// <summary>Messages of strangers that were dropped.</summary>
    public long StrangeMessages => Volatile.Read(ref _strangeMessages);

    /// <inheritdoc/>
    public void Replica(in ReplicaEvent e)
    {
        switch (e.Kind)
        {
            case ReplicaEventKind.CampaignStarted:
                Interlocked.Increment(ref _campaigns);
                log.CampaignStarted(e.Ballot);
                break;
            case ReplicaEventKind.LeadershipTaken:
                Interlocked.Increment(ref _leaderChanges);
                log.LeadershipTaken(e.Ballot);
                break;
            case ReplicaEventKind.LeadershipLostToHigherBallot:
                log.LeadershipLost(e.Ballot);
                break;
            case ReplicaEventKind.LeadershipLostWithoutQuorum:
                log.QuorumLost(e.Ballot);
                break;
            case ReplicaEventKind.LeadershipHandedOver:
                log.LeadershipHandedOver(e.Ballot);
                break;
            case ReplicaEventKind.FollowingLeader:
                Interlocked.Increment(ref _leaderChanges);
                var leader = NameOf(e.Node);
                log.FollowingLeader(leader, e.Ballot);
                break;
            case ReplicaEventKind.LeaderLost:
                log.LeaderLost();
                break;
            case ReplicaEventKind.ClaimForgotten when e.Node == NodeId.None:
                log.ClaimForgotten();
                break;
            case ReplicaEventKind.ClaimForgotten:
                var claimant = NameOf(e.Node);
                log.ClaimNotDelivered(claimant);
                break;
            default:
                Interlocked.Increment(ref _strangeMessages);
                log.StrangeMessage(e.Node, e.Ballot);
                break;
        }
    }

    /// <inheritdoc/>
    public void Link(NodeId peer, bool up, string? reason)
    {
        var name = NameOf(peer);
        if (up)
        {
            log.LinkUp(name);
        }
        else
        {
            log.LinkDown(name, reason ?? "closed");
        }
    }

    /// <inheritdoc/>
    public void Genesis(string what) => log.Genesis(what);

    /// <inheritdoc/>
    public void IdentityRefused(NodeId peer, string why)
    {
        var name = NameOf(peer);
        log.IdentityRefused(name, why);
    }

    /// <inheritdoc/>
    public void Space(string? alarm)
    {
        if (alarm is null)
        {
            log.SpaceAgain();
        }
        else
        {
            log.NoSpace(alarm);
        }
    }

    /// <inheritdoc/>
    public void Alarms(IReadOnlyList<Alarm> alarms)
    {
        if (alarms.Count == 0)
        {
            log.AlarmsCleared();
        }
        else
        {
            var kinds = string.Join(", ", alarms.Select(alarm => alarm.Kind).Distinct());
            log.AlarmsStand(kinds);
        }
    }

    /// <inheritdoc/>
    public void Damage(string what) => log.Damage(what);

    /// <inheritdoc/>
    public void Snapshot(in SnapshotNotice notice)
    {
        var slot = notice.Slot.Number;
        switch (notice.Kind)
        {
            case SnapshotNoticeKind.Taken:
                log.SnapshotTaken(slot, notice.Bytes, notice.Took.TotalSeconds);
                break;
            case SnapshotNoticeKind.Failed:
                log.SnapshotFailed(slot, notice.Text ?? "");
                break;
            case SnapshotNoticeKind.Recovered:
                log.SnapshotRecovered(slot, notice.Bytes);
                break;
            case SnapshotNoticeKind.Refused:
                log.SnapshotRefused(slot, notice.Text ?? "");
                break;
            case SnapshotNoticeKind.Rotten:
                log.SnapshotRotten(slot, notice.Text ?? "");
                break;
            case SnapshotNoticeKind.JournalLetGo:
                log.JournalTrimmed(slot);
                break;
            default:
                FromPeer(notice, NameOf(notice.Peer));
                break;
        }
    }

    /// <inheritdoc/>
    public void Fault(string why)
    {
        log.NodeFaulted(why);
        fault(why);
    }

    private void FromPeer(in SnapshotNotice notice, string peer)
    {
        var slot = notice.Slot.Number;
        switch (notice.Kind)
        {
            case SnapshotNoticeKind.Fetching:
                log.SnapshotFetching(slot, notice.Bytes, peer);
                break;
            case SnapshotNoticeKind.FetchEnded:
                log.SnapshotFetchEnded(slot, notice.Bytes, peer, notice.Text ?? "");
                break;
            default:
                Check.That(notice.Kind == SnapshotNoticeKind.Installed);
                log.SnapshotInstalled(slot, notice.Bytes, notice.Took.TotalSeconds, peer);
                break;
        }
    }

    private string NameOf(NodeId node) => members.FirstOrDefault(member => member.Id == node)?.Name ?? node.ToString();
}
