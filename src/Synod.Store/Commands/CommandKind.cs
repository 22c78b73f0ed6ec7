namespace Synod.Store;

/// <summary>
/// What a command, or an operation within a transaction, does. Numbers are journaled: none is ever given another
/// meaning.
/// </summary>
public enum CommandKind : byte
{
    /// <summary>No operation; only malformed or empty requests have it.</summary>
    None = 0,

    /// <summary>Writes one key.</summary>
    Put = 1,

    /// <summary>Deletes the keys of an interval.</summary>
    DeleteRange = 2,

    /// <summary>Compares, then carries out one of two lists of operations.</summary>
    Txn = 3,

    /// <summary>Reads an interval; only within a transaction.</summary>
    Range = 4,

    /// <summary>Forgets the versions that no read at or after a revision can see.</summary>
    Compact = 5,

    /// <summary>Makes a lease.</summary>
    LeaseGrant = 6,

    /// <summary>Ends a lease and deletes its keys.</summary>
    LeaseRevoke = 7,

    /// <summary>Renews leases.</summary>
    LeaseRenew = 8,

    /// <summary>Ends leases whose deadline has passed and is still at or before the one named; only leaders propose it.</summary>
    LeaseExpire = 9,

    /// <summary>Raises an alarm.</summary>
    AlarmRaise = 10,

    /// <summary>Clears an alarm.</summary>
    AlarmClear = 11,
}
