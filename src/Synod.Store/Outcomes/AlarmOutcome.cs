namespace Synod.Store;

/// <summary>An alarm was raised or cleared.</summary>
public sealed class AlarmOutcome(long revision, IReadOnlyList<Alarm> alarms) : StoreOutcome(revision)
{
    /// <summary>The alarm that now stands, or was cleared; empty if there was none to clear.</summary>
    public IReadOnlyList<Alarm> Alarms { get; } = alarms;
}
