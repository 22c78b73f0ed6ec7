namespace Synod.Storage;

/// <summary>What a host record says of itself.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Group">Which group of the node.</param>
/// <param name="Stream">Which stream of the group.</param>
/// <param name="Configuration">The number of the configuration under which it was written.</param>
/// <param name="Key">Its key, or 0.</param>
public readonly record struct JournalRecord(ulong Number, uint Group, byte Stream, ulong Configuration, ulong Key);

/// <summary>
/// The host during recovery. If recovery refuses the journal, what was visited must be thrown away: it may be older
/// than what this node has promised.
/// </summary>
public interface IRecordVisitor
{
    /// <summary>The carry of the youngest segment; called first, once, unless the journal is new.</summary>
    /// <param name="carry">As the host gave it; must be copied if kept.</param>
    void VisitCarry(ReadOnlySpan<byte> carry);

    /// <summary>
    /// Every record that is kept, in order; also those older than the carry, which the host takes by maximum.
    /// </summary>
    /// <param name="record">What it is.</param>
    /// <param name="payload">Its bytes; must be copied if kept.</param>
    void Visit(in JournalRecord record, ReadOnlySpan<byte> payload);

    /// <summary>
    /// Called after all were visited: what the next segment shall open with. Later changes come with
    /// <see cref="JournalBatch.SetCarry"/>.
    /// </summary>
    ReadOnlyMemory<byte> BuildCarry();
}
