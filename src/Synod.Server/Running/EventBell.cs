namespace Synod.Server.Running;

/// <summary>A bell for every platform.</summary>
internal sealed class EventBell : Bell
{
    private readonly ManualResetEventSlim _event = new(false, spinCount: 0);

    /// <inheritdoc/>
    public override void Ring() => _event.Set();

    /// <inheritdoc/>
    public override void Quieten()
    {
        _event.Reset();
        Interlocked.MemoryBarrier();
    }

    /// <inheritdoc/>
    public override void Wait(TimeSpan longest) => _event.Wait((int)Math.Ceiling(longest.TotalMilliseconds));

    /// <inheritdoc/>
    public override void Dispose() => _event.Dispose();
}
