namespace Synod.Storage;

/// <summary>What the journal tells the core.</summary>
public enum JournalEventKind
{
    /// <summary>All records up to <see cref="JournalEvent.UpTo"/> are on the medium.</summary>
    Persisted,

    /// <summary>The journal has stopped for good; <see cref="JournalEvent.Text"/> says why and what to do.</summary>
    Fault,

    /// <summary>
    /// The next segment found no space. What fits into the present one is still persisted; new writes should be
    /// refused.
    /// </summary>
    NoSpace,

    /// <summary>There is space again.</summary>
    SpaceAgain,

    /// <summary>A read is answered in <see cref="JournalEvent.Read"/>.</summary>
    Read,
}

/// <summary>One event of the journal.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="UpTo">In Persisted: the last record that is on the medium.</param>
/// <param name="Took">In Persisted: how long the slowest write and sync since the last such event took.</param>
/// <param name="Text">In Fault and NoSpace: what an operator should know and do.</param>
/// <param name="Read">In Read: the answer.</param>
public readonly record struct JournalEvent(
    JournalEventKind Kind, ulong UpTo, TimeSpan Took, string? Text, JournalReadResult? Read);

/// <summary>Asks for the latest record of each key in a range. Keys that have none are left out.</summary>
/// <param name="Id">Chosen by the asker; comes back in the answer.</param>
/// <param name="Group">Which group of the node.</param>
/// <param name="FromKey">First key.</param>
/// <param name="ToKey">Last key, included.</param>
/// <param name="BytesMax">The answer ends before the record that would exceed it; one record always fits.</param>
public readonly record struct JournalReadRequest(ulong Id, uint Group, ulong FromKey, ulong ToKey, int BytesMax);

/// <summary>A record that was read back, its checksum verified.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Number">Its number.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Configuration">The number of the configuration under which it was written.</param>
/// <param name="Payload">Its bytes, owned by the receiver.</param>
public readonly record struct JournalReadRecord(
    ulong Key, ulong Number, byte Stream, ulong Configuration, byte[] Payload);

/// <summary>The answer to a read. Only what was persisted is ever in it.</summary>
/// <param name="Id">Whose answer.</param>
/// <param name="Group">Which group of the node.</param>
/// <param name="Records">In order of keys.</param>
/// <param name="NextKey">The first key that was not looked at.</param>
/// <param name="DamagedKey">A key whose record could not be read back, or 0. The answer ends before it.</param>
/// <param name="Damage">What was found there.</param>
public sealed record JournalReadResult(
    ulong Id, uint Group, IReadOnlyList<JournalReadRecord> Records, ulong NextKey, ulong DamagedKey, string? Damage);
