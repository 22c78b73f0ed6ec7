namespace Synod.Store;

/// <summary>A lease was made.</summary>
public sealed class LeaseGrantOutcome(long revision, long id, long ttlSeconds) : StoreOutcome(revision)
{
    /// <summary>Its id.</summary>
    public long Id { get; } = id;

    /// <summary>The seconds that it got, which may be more than were asked for.</summary>
    public long TtlSeconds { get; } = ttlSeconds;
}

/// <summary>A lease was ended and its keys deleted.</summary>
public sealed class LeaseRevokeOutcome(long revision) : StoreOutcome(revision);

/// <summary>Leases were renewed, or are over. The revision is the one at which those alive were seen alive.</summary>
public sealed class LeaseRenewOutcome(long revision, IReadOnlyList<long> ttlSeconds) : StoreOutcome(revision)
{
    /// <summary>For each lease named the seconds it lives from now on, or 0 if it is over.</summary>
    public IReadOnlyList<long> TtlSeconds { get; } = ttlSeconds;
}

/// <summary>Leases whose time was over were ended.</summary>
public sealed class LeaseExpireOutcome(long revision, int ended) : StoreOutcome(revision)
{
    /// <summary>How many.</summary>
    public int Ended { get; } = ended;
}
