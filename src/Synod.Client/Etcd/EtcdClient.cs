using System.Runtime.CompilerServices;
using Google.Protobuf;
using Synod.Protocol.Etcd;

namespace Synod.Client.Etcd;

/// <summary>
/// A small client of the etcd v3 API with several endpoints: each request goes to them in order until one answers. A
/// change is never sent twice unless it is known that the first time nothing was done.
/// </summary>
public sealed class EtcdClient : IDisposable
{
    private const string KeyValueService = "/etcdserverpb.KV/";
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(5);

    // A watch that stood outlives the restart of a whole cluster: this many rounds over all endpoints, at least.
    private const int WatchRoundsMax = 30;
    private static readonly TimeSpan WatchRetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchRetryDelayMax = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly GrpcCaller[] _callers;
    private readonly TimeSpan _timeout;

    /// <summary>Makes a client; connects when first used.</summary>
    /// <param name="endpoints">Where to ask, in order of preference.</param>
    /// <param name="timeout">How long one endpoint may take for one request.</param>
    public EtcdClient(IReadOnlyList<Uri> endpoints, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentOutOfRangeException.ThrowIfZero(endpoints.Count, nameof(endpoints));
#pragma warning disable CA2000 // The client disposes its handler.
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = ConnectTimeout,
            // A watch may be silent for long: pings tell a silent server from a dead one.
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingDelay,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
#pragma warning restore CA2000
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _callers = [.. endpoints.Select(endpoint => new GrpcCaller(_http, endpoint))];
        _timeout = timeout;
    }

    /// <summary>The endpoints, in order.</summary>
    public IEnumerable<Uri> Endpoints => _callers.Select(caller => caller.Endpoint);

    /// <summary>Reads an interval of keys.</summary>
    public Task<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellation) =>
        AnyAsync(KeyValueService + "Range", request, RangeResponse.Parser, isChange: false, cancellation);

    /// <summary>Writes a key.</summary>
    public Task<PutResponse> PutAsync(PutRequest request, CancellationToken cancellation) =>
        AnyAsync(KeyValueService + "Put", request, PutResponse.Parser, isChange: true, cancellation);

    /// <summary>Removes an interval of keys.</summary>
    public Task<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellation) =>
        AnyAsync(KeyValueService + "DeleteRange", request, DeleteRangeResponse.Parser, isChange: true, cancellation);

    /// <summary>The members of the cluster.</summary>
    public Task<MemberListResponse> MemberListAsync(CancellationToken cancellation) =>
        AnyAsync("/etcdserverpb.Cluster/MemberList", new MemberListRequest(), MemberListResponse.Parser, false,
            cancellation);

    /// <summary>How the node at exactly this endpoint is.</summary>
    public Task<StatusResponse> StatusAsync(Uri endpoint, CancellationToken cancellation) =>
        new GrpcCaller(_http, endpoint).UnaryAsync(
            "/etcdserverpb.Maintenance/Status", new StatusRequest(), StatusResponse.Parser, _timeout, cancellation);

    /// <summary>The pieces of a snapshot of the first endpoint's state; the last one says that nothing remains.</summary>
    /// <exception cref="EtcdException">The stream broke: what came of it is of no use.</exception>
    public async IAsyncEnumerable<SnapshotResponse> SnapshotAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        IAsyncEnumerable<SnapshotResponse> pieces = _callers[0].StreamAsync(
            "/etcdserverpb.Maintenance/Snapshot", new SnapshotRequest(), SnapshotResponse.Parser, cancellation);
        await foreach (SnapshotResponse piece in pieces.ConfigureAwait(false))
        {
            yield return piece;
            if (piece.RemainingBytes == 0)
            {
                yield break;
            }
        }
    }

    /// <summary>The endpoint whose node says that it leads; null where none does.</summary>
    /// <exception cref="EtcdException">None of the endpoints answered.</exception>
    public async Task<Uri?> FindLeaderAsync(CancellationToken cancellation)
    {
        var failures = new List<EtcdException>();
        foreach (Uri endpoint in Endpoints)
        {
            try
            {
                StatusResponse status = await StatusAsync(endpoint, cancellation).ConfigureAwait(false);
                if (status.Leader != 0 && status.Leader == status.Header?.MemberId)
                {
                    return endpoint;
                }
            }
            catch (EtcdException exception)
            {
                failures.Add(exception);
            }
        }
        return failures.Count < _callers.Length ? null : throw Combine(failures);
    }

    /// <summary>
    /// Watches an interval of keys and goes on elsewhere when a connection breaks: every event once, in order. The
    /// first answer says "created". A watch that never stood fails when all endpoints failed once; one that stood tries
    /// on for a while.
    /// </summary>
    /// <exception cref="EtcdException">All endpoints failed one after the other.</exception>
    public async IAsyncEnumerable<WatchResponse> WatchAsync(
        WatchCreateRequest create, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(create);
        create = create.Clone();
        var failures = new List<EtcdException>();
        bool created = false;
        for (int attempt = 0; ; attempt++)
        {
            GrpcCaller caller = _callers[attempt % _callers.Length];
            IAsyncEnumerator<WatchResponse> answers = caller
                .StreamAsync("/etcdserverpb.Watch/Watch", new WatchRequest { CreateRequest = create },
                    WatchResponse.Parser, cancellation)
                .GetAsyncEnumerator(cancellation);
            await using (answers.ConfigureAwait(false))
            {
                while (true)
                {
                    try
                    {
                        if (!await answers.MoveNextAsync().ConfigureAwait(false))
                        {
                            break;
                        }
                    }
                    catch (EtcdException exception)
                    {
                        failures.Add(exception);
                        break;
                    }
                    failures.Clear();
                    WatchResponse answer = answers.Current;
                    NoteProgress(create, answer);
                    if (!answer.Created || !created || answer.Canceled)
                    {
                        created = true;
                        yield return answer;
                    }
                }
            }
            if (failures.Count >= _callers.Length * (created ? WatchRoundsMax : 1))
            {
                throw Combine(failures.GetRange(failures.Count - _callers.Length, _callers.Length));
            }
            if (created)
            {
                TimeSpan delay = WatchRetryDelay * failures.Count;
                await Task.Delay(delay < WatchRetryDelayMax ? delay : WatchRetryDelayMax, cancellation)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // Where to go on after a broken connection. Events of one revision come in one answer, as no fragments were asked
    // for.
    private static void NoteProgress(WatchCreateRequest create, WatchResponse answer)
    {
        if (answer.Events.Count > 0)
        {
            create.StartRevision = answer.Events[^1].Kv.ModRevision + 1;
        }
        else if (answer.Created && create.StartRevision == 0 && answer.Header is not null)
        {
            create.StartRevision = answer.Header.Revision + 1;
        }
    }

    private async Task<T> AnyAsync<T>(
        string path, IMessage request, MessageParser<T> parser, bool isChange, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var failures = new List<EtcdException>();
        foreach (GrpcCaller caller in _callers)
        {
            try
            {
                return await caller.UnaryAsync(path, request, parser, _timeout, cancellation).ConfigureAwait(false);
            }
            catch (EtcdException exception) when (IsWorthAnother(exception, isChange))
            {
                failures.Add(exception);
            }
        }
        throw Combine(failures);
    }

    private static bool IsWorthAnother(EtcdException exception, bool isChange)
    {
        bool elsewhere = exception.Status is GrpcStatus.Unavailable or GrpcStatus.DeadlineExceeded;
        return elsewhere && (!isChange || exception.Outcome == RequestOutcome.NotDone);
    }

    private static EtcdException Combine(List<EtcdException> failures)
    {
        RequestOutcome outcome = failures.TrueForAll(failure => failure.Outcome == RequestOutcome.NotDone)
            ? RequestOutcome.NotDone
            : RequestOutcome.Unknown;
        return new EtcdException(failures[^1].Status, outcome,
            string.Join("; ", failures.Select(failure => failure.Message)));
    }
}
