using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>The list of members under way; a linearizable one waits like a read.</summary>
internal sealed class MemberListCall(INode node, bool linearizable, PooledBuffer answer, DoorIdentity identity)
    : ReadCall(linearizable, answer)
{
    /// <inheritdoc/>
    protected override GrpcStatus Answer(OrderedStore store, PooledBuffer answer)
    {
        // The revision of this header is 0: the list is no part of the store.
        var list = new MemberListResponse { Header = identity.Now.Header(0) };
        foreach (var member in node.Members)
        {
            var shown = new Synod.Protocol.Etcd.Member { ID = member.PublicId, Name = member.Name };
            shown.PeerURLs.AddRange(member.PeerUrls);
            shown.ClientURLs.AddRange(member.ClientUrls);
            list.Members.Add(shown);
        }
        AnswerWriter.Frame(answer, list);
        return GrpcStatus.Ok;
    }
}

/// <summary>The state of this member under way.</summary>
internal sealed class StatusCall(INode node, PooledBuffer answer, DoorIdentity identity)
    : ReadCall(linearizable: false, answer)
{
    private const string NoLeader = "etcdserver: no leader";

    /// <inheritdoc/>
    protected override GrpcStatus Answer(OrderedStore store, PooledBuffer answer)
    {
        var status = node.Status;
        var shown = new StatusResponse
        {
            Header = identity.Now.Header(store.CurrentRevision),
            Version = ProtocolVersion.Server,
            DbSize = store.Size.AllocatedBytes,
            DbSizeInUse = store.Size.UsedBytes,
            Leader = identity.PublicIdOf(status.Leader),
            RaftIndex = status.ChosenUpTo.Number,
            RaftAppliedIndex = status.AppliedUpTo.Number,
            RaftTerm = status.Ballot.Round,
            StorageVersion = ProtocolVersion.Storage,
            DowngradeInfo = new DowngradeInfo(), // None is under way.
        };
        if (status.Leader == Paxos.NodeId.None)
        {
            shown.Errors.Add(NoLeader);
        }
        foreach (var alarm in KnownAlarms.Of(node, identity, store))
        {
            shown.Errors.Add($"memberID:{alarm.MemberID} alarm:{KnownAlarms.NameOf(alarm.Alarm)}");
        }
        if (status.Fault is not null)
        {
            shown.Errors.Add(status.Fault);
        }
        AnswerWriter.Frame(answer, shown);
        return GrpcStatus.Ok;
    }
}
