namespace Synod.Store;

/// <summary>Why a command or a read is refused. Doors have a message and a code for each.</summary>
public enum StoreError
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The command's bytes make no sense, or sense that this version does not know.</summary>
    Malformed = 1,

    /// <summary>The command is longer than <see cref="CommandLimits.RequestBytesMax"/>.</summary>
    RequestTooLarge = 2,

    /// <summary>A key is empty.</summary>
    KeyNotProvided = 3,

    /// <summary>
    /// A put that keeps the old value or lease needs a key that exists; or an operation of a transaction is empty.
    /// </summary>
    KeyNotFound = 4,

    /// <summary>A put that keeps the old value brings one.</summary>
    ValueProvided = 5,

    /// <summary>A put that keeps the old lease brings one.</summary>
    LeaseProvided = 6,

    /// <summary>A put names a lease that does not exist.</summary>
    LeaseNotFound = 7,

    /// <summary>A transaction has more operations than <see cref="CommandLimits.TransactionOperationsMax"/>.</summary>
    TooManyOperations = 8,

    /// <summary>A transaction writes one key twice.</summary>
    DuplicateKey = 9,

    /// <summary>A range asks for an order that does not exist.</summary>
    InvalidSortOption = 10,

    /// <summary>The revision asked for is older than what compaction kept.</summary>
    Compacted = 11,

    /// <summary>The revision asked for is not reached yet.</summary>
    FutureRevision = 12,

    /// <summary>A read-only transaction was asked for, and the command writes.</summary>
    NotReadOnly = 13,

    /// <summary>A lease asks for more than <see cref="LeaseLimits.TtlSecondsMax"/>.</summary>
    LeaseTtlTooLarge = 20,

    /// <summary>A lease with that id exists.</summary>
    LeaseExists = 21,

    /// <summary>There are <see cref="LeaseLimits.LeasesMax"/> leases, or a command renews too many at once.</summary>
    TooManyLeases = 22,

    /// <summary>There is an alarm <see cref="AlarmKind.NoSpace"/>, and the command takes space.</summary>
    NoSpace = 30,

    /// <summary>There is an alarm <see cref="AlarmKind.Corrupt"/>, and the command changes something.</summary>
    Corrupt = 31,

    /// <summary>An alarm of a kind that does not exist was to be raised or cleared.</summary>
    UnknownAlarm = 32,

    /// <summary>There are <see cref="AlarmLimits.AlarmsMax"/> alarms.</summary>
    TooManyAlarms = 33,
}
