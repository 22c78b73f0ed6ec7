namespace Synod.Store;

/// <summary>What an alarm says. Numbers are journaled: none is ever given another meaning.</summary>
public enum AlarmKind : byte
{
    /// <summary>No alarm; only malformed requests have it.</summary>
    None = 0,

    /// <summary>There is no space: nothing that takes some is carried out.</summary>
    NoSpace = 1,

    /// <summary>The state is not to be trusted: nothing is changed.</summary>
    Corrupt = 2,
}

/// <summary>An alarm that somebody raised, and that stands until somebody clears it.</summary>
/// <param name="Member">The member that it names, by its id towards clients. Nothing but the list looks at it.</param>
/// <param name="Kind">What it says.</param>
public readonly record struct Alarm(ulong Member, AlarmKind Kind);

/// <summary>Limits of alarms.</summary>
public static class AlarmLimits
{
    /// <summary>Alarms at a time: far more than there are members, for ids of members that were replaced.</summary>
    public const int AlarmsMax = 256;
}
