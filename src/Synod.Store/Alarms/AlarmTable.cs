namespace Synod.Store;

/// <summary>
/// The alarms that were raised by commands: replicated, so every replica refuses the same commands. A member's own lack of
/// space is not among them; it ends by itself, and its member alone refuses (see docs/decisions/0006).
/// </summary>
internal sealed class AlarmTable
{
    /// <summary>Bytes of one alarm in a snapshot: the member, lowest byte first, and the kind.</summary>
    public const int RecordBytes = sizeof(ulong) + 1;

    private Alarm[] _all = []; // by kind, then by member; replaced as a whole, so that readers may keep it

    /// <summary>The alarms, by kind and then by member; nobody writes to the array.</summary>
    public Alarm[] All => _all;

    /// <summary>Raises one.</summary>
    /// <returns>False if there are too many; one that is there already stays as it is.</returns>
    public bool Raise(Alarm alarm, out bool isNew)
    {
        int place = Find(alarm);
        isNew = place < 0 && _all.Length < AlarmLimits.AlarmsMax;
        if (isNew)
        {
            _all = [.. _all[..~place], alarm, .. _all[~place..]];
        }
        return isNew || place >= 0;
    }

    /// <summary>Clears one.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Clear(Alarm alarm)
    {
        int place = Find(alarm);
        if (place >= 0)
        {
            _all = [.. _all[..place], .. _all[(place + 1)..]];
        }
        return place >= 0;
    }

    /// <summary>Clears all of them.</summary>
    public void ForgetAll() => _all = [];

    /// <summary>Why a well-formed command is refused while these alarms stand.</summary>
    public StoreError Judge(ReadOnlySpan<byte> command)
    {
        if (_all.Length == 0)
        {
            return StoreError.None;
        }
        // The graver one comes last in the order, and goes first here.
        if (_all[^1].Kind == AlarmKind.Corrupt && !CommandGrowth.IsUpkeep(command))
        {
            return StoreError.Corrupt;
        }
        return _all[0].Kind == AlarmKind.NoSpace && CommandGrowth.TakesSpace(command)
            ? StoreError.NoSpace
            : StoreError.None;
    }

    private int Find(Alarm alarm)
    {
        int place = 0;
        while (place < _all.Length && IsBefore(_all[place], alarm))
        {
            place++;
        }
        return place < _all.Length && _all[place] == alarm ? place : ~place;
    }

    private static bool IsBefore(Alarm left, Alarm right) =>
        left.Kind != right.Kind ? left.Kind < right.Kind : left.Member < right.Member;
}
