namespace Synod.Store;

/// <summary>What can be said of a command without looking into the store.</summary>
public static class CommandValidation
{
    /// <summary>
    /// Judges a command before it is proposed. What passes can still be refused by the store's contents, by an outcome.
    /// </summary>
    /// <param name="command">The command's bytes.</param>
    /// <param name="limits">The limits of this member.</param>
    /// <returns>The first error in the order in which they are written, or None.</returns>
    public static StoreError Validate(ReadOnlySpan<byte> command, CommandLimits limits)
    {
        if (command.Length > limits.RequestBytesMax)
        {
            return StoreError.RequestTooLarge;
        }
        StoreError error = ValidateOperations(command, limits.TransactionOperationsMax, out bool duplicatesPossible);
        return error == StoreError.None && duplicatesPossible ? DuplicateKeys.Find(command) : error;
    }

    /// <summary>
    /// Whether a valid command changes nothing whatever the store holds: it may be carried out as a read.
    /// </summary>
    public static bool IsReadOnly(ReadOnlySpan<byte> command)
    {
        var reader = new CommandReader(command);
        return reader.Begin() == CommandKind.Txn && TxnIsReadOnly(ref reader, 1) && !reader.IsMalformed;
    }

    /// <summary>
    /// All rules but those that members may be configured for: what the state machine checks for itself.
    /// </summary>
    internal static StoreError ValidateForApply(ReadOnlySpan<byte> command) => command.Length > SlabRef.LengthMax
        ? StoreError.RequestTooLarge
        : ValidateOperations(command, int.MaxValue, out _);

    private static StoreError ValidateOperations(ReadOnlySpan<byte> command, int operationsMax, out bool duplicates)
    {
        duplicates = false;
        var reader = new CommandReader(command);
        CommandKind kind = reader.Begin();
        StoreError error = kind switch
        {
            CommandKind.Put => Put(reader.Put()),
            CommandKind.DeleteRange => KeyOf(reader.DeleteRange().Key),
            CommandKind.Txn => Txn(ref reader, operationsMax, 1, ref duplicates),
            CommandKind.Compact => Compact(ref reader),
            CommandKind.LeaseGrant => Grant(reader.LeaseGrant()),
            CommandKind.LeaseRevoke => Revoke(reader.LeaseRevoke()),
            CommandKind.LeaseRenew => Renew(ref reader),
            CommandKind.LeaseExpire => Expire(ref reader),
            CommandKind.AlarmRaise or CommandKind.AlarmClear => AlarmOf(reader.Alarm()),
            _ => StoreError.Malformed,
        };
        return reader.IsMalformed || (!reader.IsAtEnd && error == StoreError.None) ? StoreError.Malformed : error;
    }

    private static StoreError Put(in PutOperation put)
    {
        if (put.Key.IsEmpty)
        {
            return StoreError.KeyNotProvided;
        }
        if (put.KeepValue && !put.Value.IsEmpty)
        {
            return StoreError.ValueProvided;
        }
        return put.KeepLease && put.Lease != 0 ? StoreError.LeaseProvided : StoreError.None;
    }

    private static StoreError KeyOf(ReadOnlySpan<byte> key) =>
        key.IsEmpty ? StoreError.KeyNotProvided : StoreError.None;

    private static StoreError Compact(ref CommandReader reader)
    {
        // Any revision may be asked for; the store's own answer says whether it can be.
        reader.Compact();
        return StoreError.None;
    }

    private static StoreError Grant(LeaseGrant grant)
    {
        if (grant.Id == 0)
        {
            return StoreError.LeaseNotFound;
        }
        return grant.TtlSeconds > LeaseLimits.TtlSecondsMax ? StoreError.LeaseTtlTooLarge : StoreError.None;
    }

    private static StoreError Revoke(long id) => id == 0 ? StoreError.LeaseNotFound : StoreError.None;

    private static StoreError Renew(ref CommandReader reader)
    {
        int count = reader.LeaseRenew();
        for (int index = 0; index < count && index < LeaseLimits.RenewalsPerCommandMax; index++)
        {
            reader.LeaseId();
        }
        return count > LeaseLimits.RenewalsPerCommandMax ? StoreError.TooManyLeases : StoreError.None;
    }

    private static StoreError Expire(ref CommandReader reader)
    {
        reader.LeaseExpire();
        return StoreError.None;
    }

    private static StoreError AlarmOf(Alarm alarm) =>
        alarm.Kind is AlarmKind.NoSpace or AlarmKind.Corrupt ? StoreError.None : StoreError.UnknownAlarm;

    private static StoreError Range(in RangeQuery query)
    {
        if (query.Key.IsEmpty)
        {
            return StoreError.KeyNotProvided;
        }
        return query.SortOrder > SortOrder.Descending || query.SortTarget > SortTarget.Value
            ? StoreError.InvalidSortOption
            : StoreError.None;
    }

    private static StoreError Txn(ref CommandReader reader, int operationsMax, int depth, ref bool duplicates)
    {
        if (depth > CommandLimits.TransactionDepthMax)
        {
            // Deeper commands could exhaust the stack; the bytes after this are not looked at.
            return StoreError.Malformed;
        }
        TxnShape shape = reader.Txn();
        if (shape.Operations > operationsMax)
        {
            return StoreError.TooManyOperations;
        }
        duplicates |= shape.Success > 1 || shape.Failure > 1;
        for (int index = 0; index < shape.Comparisons; index++)
        {
            if (reader.Compare().Key.IsEmpty)
            {
                return reader.IsMalformed ? StoreError.Malformed : StoreError.KeyNotProvided;
            }
        }
        int left = operationsMax - shape.Operations;
        for (int index = 0; index < shape.Success + shape.Failure; index++)
        {
            StoreError error = Operation(ref reader, left, depth, ref duplicates);
            if (error != StoreError.None)
            {
                return reader.IsMalformed ? StoreError.Malformed : error;
            }
        }
        return StoreError.None;
    }

    private static StoreError Operation(ref CommandReader reader, int operationsMax, int depth, ref bool duplicates) =>
        reader.Kind() switch
        {
            CommandKind.None => StoreError.KeyNotFound,
            CommandKind.Put => Put(reader.Put()),
            CommandKind.DeleteRange => KeyOf(reader.DeleteRange().Key),
            CommandKind.Range => Range(reader.Range()),
            CommandKind.Txn => Txn(ref reader, operationsMax, depth + 1, ref duplicates),
            _ => StoreError.Malformed,
        };

    private static bool TxnIsReadOnly(ref CommandReader reader, int depth)
    {
        if (depth > CommandLimits.TransactionDepthMax)
        {
            return false;
        }
        TxnShape shape = reader.Txn();
        for (int index = 0; index < shape.Comparisons; index++)
        {
            reader.Compare();
        }
        for (int index = 0; index < shape.Success + shape.Failure; index++)
        {
            CommandKind kind = reader.Kind();
            if (kind == CommandKind.Range)
            {
                reader.Range();
            }
            else if (kind != CommandKind.Txn || !TxnIsReadOnly(ref reader, depth + 1))
            {
                return false;
            }
        }
        return true;
    }
}
