using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>A sum over the keys under way: in pieces, so that no other request waits for the whole.</summary>
internal sealed class HashKvCall(long revision, PooledBuffer answer, DoorIdentity identity) : DetachedCall(answer)
{
    /// <summary>Keys and versions at a time: well under a millisecond.</summary>
    private const int VersionsPerPiece = 4096;

    /// <inheritdoc/>
    protected override async Task<(GrpcStatus, IMessage?)> RunAsync(INode node)
    {
        var hash = new HistoryHash(revision);
        // The first piece waits like a linearizable read, so that a revision that a client has seen is there.
        for (var first = true; !hash.IsWhole && hash.Error == StoreError.None && !IsAbandoned; first = false)
        {
            var status = await ReadAsync(node, first && revision > 0, store => store.Hash(hash, VersionsPerPiece)).ConfigureAwait(false);
            if (!status.IsOk)
            {
                return (status, null);
            }
        }
        return (StoreErrors.StatusOf(hash.Error), new HashKVResponse
        {
            Header = identity.Now.Header(hash.StoreRevision),
            Hash = hash.Sum,
            CompactRevision = hash.CompactedRevision,
            HashRevision = hash.Revision,
        });
    }
}

/// <summary>An answer that needs nothing but a glance at the store.</summary>
internal sealed class GlanceCall(PooledBuffer answer, Func<OrderedStore, IMessage> make) : ReadCall(false, answer)
{
    /// <inheritdoc/>
    protected override GrpcStatus Answer(OrderedStore store, PooledBuffer answer)
    {
        AnswerWriter.Frame(answer, make(store));
        return GrpcStatus.Ok;
    }
}

/// <summary>Leadership on its way to another member.</summary>
internal sealed class MoveLeaderCall(ulong target, PooledBuffer answer, DoorIdentity identity, TimeProvider time)
    : DetachedCall(answer)
{
    /// <summary>A target that does not lead by then will not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    protected override async Task<(GrpcStatus, IMessage?)> RunAsync(INode node)
    {
        var to = node.Members.FirstOrDefault(member => member.PublicId == target)?.Id ?? NodeId.None;
        if (node.Status.Leader != node.Status.Self)
        {
            return (EtcdErrors.NotLeader, null);
        }
        if (to == NodeId.None)
        {
            return (EtcdErrors.BadLeaderTransferee, null);
        }
        var since = time.GetTimestamp();
        if (to != node.Status.Self)
        {
            node.HandOver(to);
        }
        while (node.Status.Leader != to)
        {
            if (time.GetElapsedTime(since) > Patience || IsAbandoned)
            {
                return (EtcdErrors.LeaderTransferTimedOut, null);
            }
            await Task.Delay(LookEvery, time).ConfigureAwait(false);
        }
        var revision = 0L;
        await ReadAsync(node, false, store => revision = store.CurrentRevision).ConfigureAwait(false);
        return (GrpcStatus.Ok, new MoveLeaderResponse { Header = identity.Now.Header(revision) });
    }
}
