namespace Synod.Store;

/// <content>Leases: what commands do to them, and what can be read of them.</content>
public sealed partial class OrderedStore
{
    private ulong _passedMicroseconds;

    /// <summary>The store time of the last command.</summary>
    public ulong StoreTimeMicroseconds { get; private set; }

    /// <summary>The store time at which the next lease ends; <see cref="ulong.MaxValue"/> if there is none.</summary>
    public ulong NextDeadline =>
        _space.Leases.First == 0 ? ulong.MaxValue : _space.Leases[_space.Leases.First].Deadline;

    /// <summary>Leases there are.</summary>
    public int LeaseCount => _space.Leases.Count;

    /// <summary>Leases that have expired while this process applied commands; for metrics only.</summary>
    public long LeasesExpired => _leases.Expired;

    /// <summary>
    /// Tells how much time has passed since the last command, as the owner's clock has it. Only reads of leases look at
    /// it: it makes what they say of the time left less stale, and is no part of the replicated state.
    /// </summary>
    public void TimePassed(ulong microseconds) => _passedMicroseconds = microseconds;

    /// <summary>Looks at a lease; false if there is none, or if its time is over.</summary>
    public bool TryGetLease(long id, out LeaseView lease)
    {
        uint number = _space.Leases.Find(id);
        lease = number == 0 ? default : View(number);
        return lease.RemainingMicroseconds > 0;
    }

    /// <summary>Copies of the keys that hang on a lease, in their order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> KeysOfLease(long id)
    {
        uint number = _space.Leases.Find(id);
        if (number == 0)
        {
            return [];
        }
        ReadOnlySpan<uint> versions = _leases.KeysOf(number);
        var keys = new ReadOnlyMemory<byte>[versions.Length];
        for (int index = 0; index < keys.Length; index++)
        {
            keys[index] = _space.KeyOf(versions[index]).ToArray();
        }
        return keys;
    }

    /// <summary>All leases, the one that ends first first.</summary>
    public IReadOnlyList<LeaseView> Leases()
    {
        LeaseTable table = _space.Leases;
        uint[] numbers = table.All.ToArray();
        Array.Sort(numbers, (left, right) => left == right ? 0 : table.IsBefore(left, right) ? -1 : 1);
        return Array.ConvertAll(numbers, View);
    }

    private LeaseView View(uint number)
    {
        ref LeaseRecord record = ref _space.Leases[number];
        ulong now = StoreTimeMicroseconds + _passedMicroseconds;
        ulong left = record.Deadline > now ? record.Deadline - now : 0;
        return new LeaseView(record.Id, record.TtlSeconds, left, record.Keys);
    }

    private StoreOutcome? CarryOutLease(ReadOnlySpan<byte> command, bool wantOutcome, out StoreError error)
    {
        error = StoreError.None;
        var reader = new CommandReader(command);
        switch (reader.Begin())
        {
            case CommandKind.LeaseGrant:
                LeaseGrant grant = reader.LeaseGrant();
                error = _leases.Grant(in grant, StoreTimeMicroseconds, out long ttl);
                return error == StoreError.None && wantOutcome
                    ? new LeaseGrantOutcome(_space.Revision, grant.Id, ttl)
                    : null;
            case CommandKind.LeaseRevoke:
                error = _leases.Revoke(reader.LeaseRevoke());
                return error == StoreError.None && wantOutcome ? new LeaseRevokeOutcome(_space.VisibleRevision) : null;
            case CommandKind.LeaseRenew:
                return Renew(ref reader, wantOutcome);
            case CommandKind.LeaseExpire:
                int ended = _leases.Expire(reader.LeaseExpire(), StoreTimeMicroseconds);
                return wantOutcome ? new LeaseExpireOutcome(_space.Revision, ended) : null;
            default:
                error = StoreError.Malformed;
                return null;
        }
    }

    private LeaseRenewOutcome? Renew(ref CommandReader reader, bool wantOutcome)
    {
        int count = reader.LeaseRenew();
        long[]? ttls = wantOutcome ? new long[count] : null;
        for (int index = 0; index < count; index++)
        {
            long ttl = _leases.Renew(reader.LeaseId(), StoreTimeMicroseconds);
            if (ttls is not null)
            {
                ttls[index] = ttl;
            }
        }
        return ttls is null ? null : new LeaseRenewOutcome(_space.Revision, ttls);
    }
}
