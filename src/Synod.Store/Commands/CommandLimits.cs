namespace Synod.Store;

/// <summary>
/// What a door refuses before it proposes. The state machine itself does not look at these: members may be configured
/// differently, and every replica must apply alike.
/// </summary>
/// <param name="RequestBytesMax">The longest command, in bytes.</param>
/// <param name="TransactionOperationsMax">
/// The most operations of a transaction: of its longest list, plus what nested ones take.
/// </param>
public sealed record CommandLimits(int RequestBytesMax, int TransactionOperationsMax)
{
    /// <summary>1.5 MiB and 128 operations.</summary>
    public static CommandLimits Default { get; } = new(3 * 512 * 1024, 128);

    /// <summary>
    /// The deepest nesting of transactions that is read at all. With <see cref="Default"/>'s limit none can be deeper:
    /// each level takes one operation of its parent's.
    /// </summary>
    public const int TransactionDepthMax = 130;
}
