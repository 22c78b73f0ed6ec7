namespace Synod.Node;

/// <summary>
/// What the apply actor lets the core know of leases: an immutable picture, replaced as a whole when something in it has
/// changed that matters for when the core acts.
/// </summary>
/// <param name="StoreTimeMicroseconds">Store time after the last decree applied.</param>
/// <param name="NextDeadline">When, in store time, the next lease ends; <see cref="ulong.MaxValue"/> if there is none.</param>
internal sealed record LeaseOutlook(ulong StoreTimeMicroseconds, ulong NextDeadline)
{
    /// <summary>No leases.</summary>
    public static readonly LeaseOutlook None = new(0, ulong.MaxValue);

    /// <summary>Whether there is any lease.</summary>
    public bool HasLeases => NextDeadline != ulong.MaxValue;
}

/// <summary>Where the outlook lies: written by the apply actor, read by the core once a turn.</summary>
internal sealed class LeaseBoard(Action wakeCore)
{
    /// <summary>A deadline this near is not left to the core's next turn by itself.</summary>
    private static readonly ulong SoonMicroseconds = (ulong)LeaseDriver.RetryAfter.TotalMicroseconds;

    private LeaseOutlook _outlook = LeaseOutlook.None;

    /// <summary>The outlook now.</summary>
    public LeaseOutlook Outlook => Volatile.Read(ref _outlook);

    /// <summary>Shows how things stand after some decrees.</summary>
    public void Show(ReplicatedState state)
    {
        var deadline = state.Store.NextDeadline;
        var last = Outlook;
        if (deadline == ulong.MaxValue && !last.HasLeases)
        {
            return; // Without leases nobody asks for store time: no new picture for each batch of writes.
        }
        if (deadline == last.NextDeadline && state.StoreTimeMicroseconds == last.StoreTimeMicroseconds)
        {
            return;
        }
        Volatile.Write(ref _outlook, new LeaseOutlook(state.StoreTimeMicroseconds, deadline));
        // It may sleep until a later one; or an expiry has just ended as many leases as one may, and the next are due.
        if (deadline < last.NextDeadline || deadline - state.StoreTimeMicroseconds <= SoonMicroseconds
            || deadline <= state.StoreTimeMicroseconds)
        {
            wakeCore();
        }
    }
}
