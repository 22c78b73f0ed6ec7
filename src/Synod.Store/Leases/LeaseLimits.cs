namespace Synod.Store;

/// <summary>Limits of leases. They are part of the replicated state's rules: every replica has the same.</summary>
public static class LeaseLimits
{
    /// <summary>
    /// A lease that asks for less gets this many seconds: one and a half election time-outs, rounded up, so that a
    /// change of leader alone costs nobody a lease that is being kept alive.
    /// </summary>
    public const long TtlSecondsMin = 2;

    /// <summary>The longest time to live, in seconds: what etcd's clients know as the largest.</summary>
    public const long TtlSecondsMax = 9_000_000_000;

    /// <summary>The most leases at a time.</summary>
    public const int LeasesMax = 1_000_000;

    /// <summary>The most leases that one command renews.</summary>
    public const int RenewalsPerCommandMax = 1024;

    /// <summary>The most leases that one decree ends; the next decree ends the next ones.</summary>
    public const int ExpiriesPerCommandMax = 4096;

    /// <summary>Once one decree has deleted so many keys with their leases it ends no further lease.</summary>
    public const int ExpiredKeysPerCommandMax = 4096;
}
