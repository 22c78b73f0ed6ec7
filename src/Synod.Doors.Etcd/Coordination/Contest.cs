using System.Globalization;
using System.Text;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Leases;
using Synod.Node;
using Synod.Store;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>A key that takes part in a contest.</summary>
/// <param name="Key">The key: the contest's prefix and the lease in hexadecimal digits.</param>
/// <param name="CreateRevision">When it came to be: its rank, and what fences it.</param>
/// <param name="Lease">The lease it hangs on.</param>
/// <param name="Revision">The store's revision when this was last looked at.</param>
internal readonly record struct Contender(ReadOnlyMemory<byte> Key, long CreateRevision, long Lease, long Revision);

/// <summary>
/// What locks and elections have in common: everybody who wants something puts a key of its own below the same prefix,
/// on a lease; the oldest key has it, and each later one waits for the one just before it to go (Hunt et al. 2010,
/// "ZooKeeper", §2.4, locks without a herd). Keys and order are those of etcd's clients, so they may take part as well.
/// </summary>
internal sealed class Contest(StoreAccess access, LeaseRenewals renewals, TimeProvider time)
{
    /// <summary>Seconds of a lease that is made because none was named.</summary>
    public const long OwnLeaseTtlSeconds = 60;

    /// <summary>Renewals within one time to live.</summary>
    private const int RenewalsPerTtl = 3;

    /// <summary>The prefix of all keys of a name.</summary>
    public static byte[] PrefixOf(ReadOnlySpan<byte> name) => [.. name, (byte)'/'];

    /// <summary>All keys of a name.</summary>
    public static WatchRange RangeOf(ReadOnlySpan<byte> name) => WatchRange.Below(PrefixOf(name), EndOf(name));

    /// <summary>
    /// Takes part under a name and waits until it is the oldest. If that does not come to be, whatever the reason, the
    /// key is taken away again.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="lease">The lease, or 0 for one made here. It is kept alive while waiting.</param>
    /// <param name="value">The key's value; one that is there already with another value gets this one.</param>
    /// <param name="lost">What to say when the key vanishes while it waits: its lease is over, or somebody removed it.</param>
    /// <param name="cancelled">Ends the waiting.</param>
    public async Task<Contender> WinAsync(
        ReadOnlyMemory<byte> name, long lease, ReadOnlyMemory<byte> value, GrpcStatus lost, CancellationToken cancelled)
    {
        var isOwn = lease == 0;
        if (isOwn)
        {
            lease = LeaseService.NewId();
            var granted = lease;
            await access.WriteAsync<LeaseGrantOutcome>(
                writer => writer.LeaseGrant(new LeaseGrant(granted, OwnLeaseTtlSeconds))).ConfigureAwait(false);
        }
        var mine = await JoinAsync(name, lease, value).ConfigureAwait(false);
        try
        {
            return await WaitAsync(name, mine, lost, cancelled).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or CallRefusedException)
        {
            await TryLeaveAsync(mine, isOwn).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes a value to a contender's key, if it is still that one.</summary>
    /// <returns>The outcome; it has not succeeded if the key is gone or another.</returns>
    public Task<TxnOutcome> PutAsync(Contender contender, ReadOnlyMemory<byte> value) =>
        access.WriteAsync<TxnOutcome>(writer =>
        {
            writer.Txn(new TxnShape(1, 1, 0));
            writer.Compare(Fence(contender.Key.Span, contender.CreateRevision));
            writer.Put(new PutOperation { Key = contender.Key.Span, Value = value.Span, Lease = contender.Lease });
        });

    /// <summary>Removes a contender's key, if it is still that one.</summary>
    public Task<TxnOutcome> LeaveAsync(Contender contender) => access.WriteAsync<TxnOutcome>(writer =>
    {
        writer.Txn(new TxnShape(1, 1, 0));
        writer.Compare(Fence(contender.Key.Span, contender.CreateRevision));
        writer.DeleteRange(new DeleteOperation { Key = contender.Key.Span });
    });

    /// <summary>The oldest key of a name, if there is one, and the store's revision.</summary>
    public Task<(KeyValue? Oldest, long Revision)> OldestAsync(ReadOnlyMemory<byte> name, CancellationToken cancelled) =>
        access.ReadAsync(
            store => (First(store, name.Span, SortOrder.Ascending, 0), store.CurrentRevision), cancelled);

    private async Task<Contender> JoinAsync(ReadOnlyMemory<byte> name, long lease, ReadOnlyMemory<byte> value)
    {
        byte[] key =
        [
            .. PrefixOf(name.Span),
            .. Encoding.ASCII.GetBytes(LeaseDigits(lease)),
        ];
        var outcome = await access.WriteAsync<TxnOutcome>(writer =>
        {
            writer.Txn(new TxnShape(1, 1, 1));
            writer.Compare(Fence(key, 0));
            writer.Put(new PutOperation { Key = key, Value = value.Span, Lease = lease });
            writer.Range(new RangeQuery { Key = key });
        }).ConfigureAwait(false);
        if (outcome.Succeeded)
        {
            return new Contender(key, outcome.Revision, lease, outcome.Revision);
        }
        var there = ((RangeOutcome)outcome.Responses[0]).KeyValues[0];
        var mine = new Contender(key, there.CreateRevision, lease, outcome.Revision);
        if (!there.Value.Span.SequenceEqual(value.Span))
        {
            await PutAsync(mine, value).ConfigureAwait(false);
        }
        return mine;
    }

    private async Task<Contender> WaitAsync(
        ReadOnlyMemory<byte> name, Contender mine, GrpcStatus lost, CancellationToken cancelled)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        Task? renewing = null;
        try
        {
            while (true)
            {
                var (before, isThere, revision) = await access.ReadAsync(
                    store => Look(store, name.Span, mine), cancelled).ConfigureAwait(false);
                if (!isThere)
                {
                    throw new CallRefusedException(lost);
                }
                if (before is null)
                {
                    return mine with { Revision = revision };
                }
                renewing ??= KeepAliveAsync(mine.Lease, done.Token);
                await access.ChangeAsync(
                    [WatchRange.Single(before.Key), WatchRange.Single(mine.Key)], revision + 1, deletesOnly: true, cancelled)
                    .ConfigureAwait(false);
            }
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            if (renewing is not null)
            {
                await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Keeps a lease alive until it is over or this is cancelled; its end shows by the key that hung on it.</summary>
    private async Task KeepAliveAsync(long lease, CancellationToken done)
    {
        var pause = TimeSpan.Zero;
        while (true)
        {
            var renewal = await renewals.RenewAsync(lease).ConfigureAwait(false);
            if (renewal is { Status.IsOk: true, TtlSeconds: 0 })
            {
                return;
            }
            // Where nothing could be done now the next try comes as soon as the first would have.
            var ttl = renewal.Status.IsOk ? renewal.TtlSeconds : LeaseLimits.TtlSecondsMin;
            pause = TimeSpan.FromSeconds((double)Math.Min(ttl, MostPauseSeconds) / RenewalsPerTtl);
            await Task.Delay(pause, time, done).ConfigureAwait(false);
        }
    }

    private async Task TryLeaveAsync(Contender mine, bool withLease)
    {
        try
        {
            await LeaveAsync(mine).ConfigureAwait(false);
            if (withLease)
            {
                await access.WriteAsync<LeaseRevokeOutcome>(writer => writer.LeaseRevoke(mine.Lease)).ConfigureAwait(false);
            }
        }
        catch (CallRefusedException)
        {
            // The node could not; then the key goes with its lease, which nobody keeps alive from here on.
        }
    }

    private static (KeyValue? Before, bool IsThere, long Revision) Look(
        OrderedStore store, ReadOnlySpan<byte> name, Contender mine)
    {
        var own = new Found([]);
        var query = new RangeQuery { Key = mine.Key.Span };
        store.Range(in query, ref own);
        var isThere = own.All.Count == 1 && own.All[0].CreateRevision == mine.CreateRevision;
        var before = First(store, name, SortOrder.Descending, mine.CreateRevision - 1);
        return (before, isThere, store.CurrentRevision);
    }

    private static KeyValue? First(OrderedStore store, ReadOnlySpan<byte> name, SortOrder order, long maxCreateRevision)
    {
        var found = new Found([]);
        var query = new RangeQuery
        {
            Key = PrefixOf(name),
            RangeEnd = EndOf(name),
            SortTarget = SortTarget.CreateRevision,
            SortOrder = order,
            MaxCreateRevision = maxCreateRevision,
            Limit = 1,
        };
        store.Range(in query, ref found);
        return found.All.Count > 0 ? found.All[0] : null;
    }

    private static byte[] EndOf(ReadOnlySpan<byte> name) => [.. name, (byte)'/' + 1];

    private static Comparison Fence(ReadOnlySpan<byte> key, long createRevision) => new()
    {
        Key = key,
        Target = ComparisonTarget.CreateRevision,
        Result = ComparisonResult.Equal,
        Number = createRevision,
    };

    private readonly record struct Found(List<KeyValue> All) : IKeyValueSink
    {
        public void Take(in KeyValueView keyValue) => All.Add(new KeyValue(in keyValue));
    }

    private const long MostPauseSeconds = 24 * 3600;

    /// <summary>A lease as etcd writes it into keys: a negative one with its sign, not as the large number it would be without.</summary>
    private static string LeaseDigits(long lease) => lease >= 0
        ? lease.ToString("x", CultureInfo.InvariantCulture)
        : "-" + unchecked((ulong)-lease).ToString("x", CultureInfo.InvariantCulture);
}
