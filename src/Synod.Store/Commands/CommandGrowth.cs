namespace Synod.Store;

/// <summary>Which commands an alarm is about.</summary>
public static class CommandGrowth
{
    /// <summary>
    /// Whether a command asks for more space: puts, grants, and transactions that hold a put on any level, whichever way
    /// they go. What makes no sense counts, too.
    /// </summary>
    public static bool TakesSpace(ReadOnlySpan<byte> command)
    {
        var reader = new CommandReader(command);
        return reader.Begin() switch
        {
            CommandKind.DeleteRange or CommandKind.Compact or CommandKind.LeaseRevoke or CommandKind.LeaseRenew
                or CommandKind.LeaseExpire or CommandKind.AlarmRaise or CommandKind.AlarmClear => false,
            CommandKind.Txn => TxnTakesSpace(ref reader, 1) || reader.IsMalformed,
            _ => true,
        };
    }

    /// <summary>
    /// Whether a command leaves keys and leases as they are but for how long the leases live: what goes on even when the
    /// state is not to be trusted.
    /// </summary>
    internal static bool IsUpkeep(ReadOnlySpan<byte> command)
    {
        var reader = new CommandReader(command);
        return reader.Begin() is CommandKind.LeaseRenew or CommandKind.AlarmRaise or CommandKind.AlarmClear;
    }

    private static bool TxnTakesSpace(ref CommandReader reader, int depth)
    {
        if (depth > CommandLimits.TransactionDepthMax)
        {
            return true;
        }
        TxnShape shape = reader.Txn();
        for (int index = 0; index < shape.Comparisons; index++)
        {
            reader.Compare();
        }
        for (int index = 0; index < shape.Success + shape.Failure; index++)
        {
            switch (reader.Kind())
            {
                case CommandKind.Range:
                    reader.Range();
                    break;
                case CommandKind.DeleteRange:
                    reader.DeleteRange();
                    break;
                case CommandKind.Txn when !TxnTakesSpace(ref reader, depth + 1):
                    break;
                default:
                    return true;
            }
        }
        return false;
    }
}
