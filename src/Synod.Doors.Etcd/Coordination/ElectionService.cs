using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Services;
using Synod.Protocol.Etcd;
using StoredKeyValue = Synod.Store.KeyValue;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>Carries out the requests of the service <c>Election</c> that have one answer.</summary>
internal sealed class ElectionService(Contest contest, DoorIdentity identity)
{
    /// <summary>The service with its package.</summary>
    public const string Name = "v3electionpb.Election";

    private static readonly GrpcStatus NoLeader = new(GrpcCode.Unknown, "election: no leader");
    private static readonly GrpcStatus NotLeader = new(GrpcCode.Unknown, "election: not leader");
    private static readonly GrpcStatus NoLeaderField = new(GrpcCode.Unknown, "\"leader\" field must be provided");

    /// <summary>Waits for the leadership.</summary>
    public async Task<IMessage> CampaignAsync(CampaignRequest request, CancellationToken cancelled)
    {
        var leader = await contest.WinAsync(
            request.Name.Memory, request.Lease, request.Value.Memory, NotLeader, cancelled).ConfigureAwait(false);
        return new CampaignResponse
        {
            Header = identity.Now.Header(leader.Revision),
            Leader = new LeaderKey
            {
                Name = request.Name,
                Key = UnsafeByteOperations.UnsafeWrap(leader.Key),
                Rev = leader.CreateRevision,
                Lease = leader.Lease,
            },
        };
    }

    /// <summary>Proclaims another value, if the leadership is still the one named.</summary>
    public async Task<IMessage> ProclaimAsync(ProclaimRequest request, CancellationToken cancelled)
    {
        var outcome = await contest.PutAsync(ContenderOf(request.Leader), request.Value.Memory).ConfigureAwait(false);
        return outcome.Succeeded
            ? new ProclaimResponse { Header = identity.Now.Header(outcome.Revision) }
            : throw new CallRefusedException(NotLeader);
    }

    /// <summary>Tells who leads.</summary>
    public async Task<IMessage> LeaderAsync(LeaderRequest request, CancellationToken cancelled)
    {
        var (leader, revision) = await contest.OldestAsync(request.Name.Memory, cancelled).ConfigureAwait(false);
        return leader is null ? throw new CallRefusedException(NoLeader) : AnswerOf(leader, revision, identity);
    }

    /// <summary>Ends a leadership, if it is still the one named; if not, there is nothing to end.</summary>
    public async Task<IMessage> ResignAsync(ResignRequest request, CancellationToken cancelled)
    {
        var outcome = await contest.LeaveAsync(ContenderOf(request.Leader)).ConfigureAwait(false);
        return new ResignResponse { Header = identity.Now.Header(outcome.Revision) };
    }

    /// <summary>Who leads, as an answer.</summary>
    public static LeaderResponse AnswerOf(StoredKeyValue leader, long revision, DoorIdentity identity) => new()
    {
        Header = identity.Now.Header(revision),
        Kv = new KeyValue
        {
            Key = UnsafeByteOperations.UnsafeWrap(leader.Key),
            Value = UnsafeByteOperations.UnsafeWrap(leader.Value),
            CreateRevision = leader.CreateRevision,
            ModRevision = leader.ModRevision,
            Version = leader.Version,
            Lease = leader.Lease,
        },
    };

    private static Contender ContenderOf(LeaderKey? leader) => leader is null
        ? throw new CallRefusedException(NoLeaderField)
        : new Contender(leader.Key.Memory, leader.Rev, leader.Lease, 0);
}
