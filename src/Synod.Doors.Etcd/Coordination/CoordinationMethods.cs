using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Leases;
using Synod.Doors.Etcd.Protocol;
using Synod.Doors.Etcd.Services;
using Synod.Node;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>All methods of leases, locks and elections, put together; disposing ends those that wait.</summary>
internal sealed class CoordinationMethods : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly INode _node;
    private readonly EtcdDoorOptions _options;
    private readonly TimeProvider _time;

    public CoordinationMethods(INode node, DoorIdentity identity, EtcdDoorOptions options, TimeProvider time)
    {
        _node = node;
        _options = options;
        _time = time;
        var leases = new LeaseService(identity);
        var renewals = new LeaseRenewals(node);
        var access = new StoreAccess(node);
        var contest = new Contest(access, renewals, time);
        var locks = new LockService(access, contest, identity);
        var elections = new ElectionService(contest, identity);
        All =
        [
            Unary(LeaseService.Name, "LeaseGrant", leases.Grant),
            Unary(LeaseService.Name, "LeaseRevoke", leases.Revoke),
            new KeepAliveMethod(node, renewals, identity, options, _closing.Token),
            Unary(LeaseService.Name, "LeaseTimeToLive", leases.TimeToLive),
            Unary(LeaseService.Name, "LeaseLeases", leases.Leases),
            Waiting(LockService.Name, "Lock", LockRequest.Parser, locks.LockAsync),
            Waiting(LockService.Name, "Unlock", UnlockRequest.Parser, locks.UnlockAsync),
            Waiting(ElectionService.Name, "Campaign", CampaignRequest.Parser, elections.CampaignAsync),
            Waiting(ElectionService.Name, "Proclaim", ProclaimRequest.Parser, elections.ProclaimAsync),
            Waiting(ElectionService.Name, "Leader", LeaderRequest.Parser, elections.LeaderAsync),
            new ObserveMethod(node, access, contest, identity, options, _closing.Token),
            Waiting(ElectionService.Name, "Resign", ResignRequest.Parser, elections.ResignAsync),
        ];
    }

    /// <summary>The methods.</summary>
    public IReadOnlyList<GrpcMethod> All { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_closing.IsCancellationRequested)
        {
            _closing.Cancel();
            _closing.Dispose();
        }
    }

    private UnaryMethod Unary(string service, string name, BeginUnary begin) =>
        new(service, name, _node, _options, _time, begin);

    private UnaryMethod Waiting<T>(
        string service, string name, MessageParser<T> parser, Func<T, CancellationToken, Task<IMessage>> work)
        where T : IMessage<T> => Unary(service, name, (message, answer, out refusal) =>
    {
        try
        {
            var request = parser.ParseFrom(message);
            refusal = GrpcStatus.Ok;
            return new WaitingCall(cancelled => work(request, cancelled), answer, _closing.Token);
        }
        catch (InvalidProtocolBufferException)
        {
            refusal = EtcdErrors.Unparsable;
            return null;
        }
    });
}
