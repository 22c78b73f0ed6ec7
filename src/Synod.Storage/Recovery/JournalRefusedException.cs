namespace Synod.Storage.Recovery;

/// <summary>
/// Recovery will not open this journal. The message is for the operator: what was found where, what it may have taken
/// with it, and what to do.
/// </summary>
/// <param name="decision">Why.</param>
/// <param name="message">The same in words.</param>
public sealed class JournalRefusedException(RecoveryDecision? decision, string message) : Exception(message)
{
    /// <summary>The row of the table, or null when a disk operation failed.</summary>
    public RecoveryDecision? Decision { get; } = decision;
}
