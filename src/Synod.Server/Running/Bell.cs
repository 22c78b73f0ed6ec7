namespace Synod.Server.Running;

/// <summary>
/// What a pump sleeps on. One thread waits, any thread rings; a ring that comes before the wait is not lost, and rings
/// between two waits count as one.
/// </summary>
internal abstract class Bell : IDisposable
{
    /// <summary>The cheapest one of this machine.</summary>
    public static Bell Create() => FutexBell.IsSupported ? new FutexBell() : new EventBell();

    /// <summary>Ends the wait that is under way, or the next one at once. From any thread.</summary>
    public abstract void Ring();

    /// <summary>Forgets rings that were made until now; what the ringers wrote before them is seen after it.</summary>
    public abstract void Quieten();

    /// <summary>Sleeps until a ring that was not forgotten, or until the time is over.</summary>
    /// <param name="longest">How long at most; above zero.</param>
    public abstract void Wait(TimeSpan longest);

    /// <inheritdoc/>
    public abstract void Dispose();
}
