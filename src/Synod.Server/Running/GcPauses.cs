using System.Diagnostics.Tracing;

namespace Synod.Server.Running;

/// <summary>
/// How long the collector held up the threads of this process, told by the runtime's own events: from the moment it asks
/// them to stop until they run again.
/// </summary>
internal sealed class GcPauses : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Gc = (EventKeywords)0x1;
    private const int RestartEnd = 3;
    private const int SuspendBegin = 9;

    private DateTime _suspendedAt;
    private long _totalTicks;
    private long _longestTicks;

    /// <summary>All pauses since the start.</summary>
    public TimeSpan Total => new(Volatile.Read(ref _totalTicks));

    /// <summary>The longest pause since the start.</summary>
    public TimeSpan Longest => new(Volatile.Read(ref _longestTicks));

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime)
        {
            EnableEvents(eventSource, EventLevel.Informational, Gc);
        }
    }

    // The runtime delivers events one after the other, with the time at which each happened.
    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId == SuspendBegin)
        {
            _suspendedAt = eventData.TimeStamp;
        }
        else if (eventData.EventId == RestartEnd && _suspendedAt != default)
        {
            var pause = (eventData.TimeStamp - _suspendedAt).Ticks;
            _suspendedAt = default;
            // In this order: who sees a pause in the total finds it in the longest.
            Volatile.Write(ref _longestTicks, Math.Max(_longestTicks, pause));
            Volatile.Write(ref _totalTicks, _totalTicks + pause);
        }
    }
}
