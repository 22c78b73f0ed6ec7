namespace Synod.Node;

/// <summary>What metrics show of the store; read from any thread, approximate.</summary>
public sealed class StoreFigures
{
    private long _revision;
    private long _keys;
    private long _leases;
    private long _leasesExpired;

    /// <summary>The present revision.</summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>Keys there are.</summary>
    public long Keys => Volatile.Read(ref _keys);

    /// <summary>Leases there are.</summary>
    public long Leases => Volatile.Read(ref _leases);

    /// <summary>Leases that have expired since the node started.</summary>
    public long LeasesExpired => Volatile.Read(ref _leasesExpired);

    /// <summary>Shows how things stand; called by the apply actor.</summary>
    internal void Show(ReplicatedState state)
    {
        Volatile.Write(ref _revision, state.Store.CurrentRevision);
        Volatile.Write(ref _keys, state.Store.KeyCount);
        Volatile.Write(ref _leases, state.Store.LeaseCount);
        Volatile.Write(ref _leasesExpired, state.Store.LeasesExpired);
    }
}
