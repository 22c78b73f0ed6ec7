namespace Synod.Store;

/// <summary>Carries out what commands do to leases. All of it is deterministic in the log and in store time.</summary>
internal sealed class LeaseRunner(KeySpace space)
{
    private const ulong MicrosecondsPerSecond = 1_000_000;

    private readonly VersionList _keys = new();
    private readonly LeaseTable _leases = space.Leases;

    /// <summary>Makes a lease.</summary>
    public StoreError Grant(in LeaseGrant grant, ulong storeTime, out long ttlSeconds)
    {
        ttlSeconds = Math.Max(grant.TtlSeconds, LeaseLimits.TtlSecondsMin);
        if (_leases.Find(grant.Id) != 0)
        {
            return StoreError.LeaseExists;
        }
        if (_leases.Count >= LeaseLimits.LeasesMax)
        {
            return StoreError.TooManyLeases;
        }
        ulong deadline = Deadline(storeTime, ttlSeconds);
        _leases.Add(grant.Id, ttlSeconds, deadline);
        space.AddLeaseEffect(CommandKind.LeaseGrant, grant.Id, (ulong)ttlSeconds, deadline);
        return StoreError.None;
    }

    /// <summary>Ends a lease and deletes its keys, in their order.</summary>
    public StoreError Revoke(long id)
    {
        uint number = _leases.Find(id);
        if (number == 0)
        {
            return StoreError.LeaseNotFound;
        }
        End(number, CommandKind.LeaseRevoke);
        return StoreError.None;
    }

    /// <summary>
    /// Renews one lease. One whose deadline has passed is over, even if the decree that says so is still to come:
    /// who held it may already have been told by its own clock.
    /// </summary>
    /// <returns>Its time to live in seconds, or 0 if it is over.</returns>
    public long Renew(long id, ulong storeTime)
    {
        uint number = _leases.Find(id);
        if (number == 0 || _leases[number].Deadline <= storeTime)
        {
            return 0;
        }
        ulong deadline = Deadline(storeTime, _leases[number].TtlSeconds);
        if (deadline != _leases[number].Deadline)
        {
            _leases.Renew(number, deadline);
            space.AddLeaseEffect(CommandKind.LeaseRenew, id, 0, deadline);
        }
        return _leases[number].TtlSeconds;
    }

    /// <summary>
    /// Ends leases whose deadline has passed and is still at or before the one named; a lease that was renewed since
    /// the decree was proposed has a later one. Each lease ends at a revision of its own, as if it alone were revoked.
    /// </summary>
    /// <returns>How many ended.</returns>
    public int Expire(ulong deadline, ulong storeTime)
    {
        ulong until = Math.Min(deadline, storeTime);
        int ended = 0;
        int keys = 0;
        while (_leases.First != 0 && _leases[_leases.First].Deadline <= until
            && ended < LeaseLimits.ExpiriesPerCommandMax && keys < LeaseLimits.ExpiredKeysPerCommandMax)
        {
            ended++;
            keys += _leases[_leases.First].Keys;
            End(_leases.First, CommandKind.LeaseExpire);
            space.Commit();
            space.Begin();
        }
        Expired += ended;
        return ended;
    }

    /// <summary>Leases that have expired since this object was made; for metrics, no part of the replicated state.</summary>
    public long Expired { get; private set; }

    /// <summary>The newest versions of a lease's keys, in key order; good until the next call.</summary>
    public ReadOnlySpan<uint> KeysOf(uint number)
    {
        _keys.Clear();
        _leases.ListKeys(number, _keys);
        Span<uint> keys = _keys.All;
        keys.Sort((left, right) => space.KeyOf(left).SequenceCompareTo(space.KeyOf(right)));
        return keys;
    }

    private void End(uint number, CommandKind why)
    {
        foreach (uint version in KeysOf(number))
        {
            space.Delete(new KeyInterval(space.KeyOf(version), default), null);
        }
        space.AddLeaseEffect(why, _leases[number].Id, 0, _leases[number].Deadline);
        _leases.Remove(number);
    }

    private static ulong Deadline(ulong storeTime, long ttlSeconds) =>
        checked(storeTime + ((ulong)ttlSeconds * MicrosecondsPerSecond));
}
