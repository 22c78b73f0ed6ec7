using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;

namespace Synod.Node;

/// <summary>What became of the bytes that the apply actor was given.</summary>
/// <param name="Slot">Of which snapshot.</param>
/// <param name="Error">Null when a whole state was built from them; else what is wrong with them.</param>
/// <param name="IsDropped">They were thrown away as asked; no report of before comes after this one.</param>
internal readonly record struct BuildReport(Slot Slot, string? Error, bool IsDropped = false);

/// <summary>What the core and the apply actor have in common about snapshots.</summary>
internal sealed class SnapshotBoard(Action wakeCore, Action wakeApply)
{
    private ulong _ownEnded;
    private ulong _ownDurable;
    private ulong _newestSound;
    private bool _isOwnWanted;

    /// <summary>Pieces of a peer's snapshot, from the core to the apply actor, which builds a state of them.</summary>
    public Mailbox<SnapshotPiece> Building { get; } = new(SnapshotMailboxes.PiecesMax, wakeApply);

    /// <summary>What came of them.</summary>
    public Mailbox<BuildReport> Built { get; } = new(BuildReportsMax, wakeCore);

    /// <summary>
    /// Of the snapshots of this node's own state, this one was the last to be finished or given up by the disk.
    /// </summary>
    public Slot OwnEnded
    {
        get => new(Volatile.Read(ref _ownEnded));
        set
        {
            Volatile.Write(ref _ownEnded, value.Number);
            wakeApply();
        }
    }

    /// <summary>The last of them that is durable; told before it is told that it ended.</summary>
    public Slot OwnDurable
    {
        get => new(Volatile.Read(ref _ownDurable));
        set => Volatile.Write(ref _ownDurable, value.Number);
    }

    /// <summary>The newest that was left when one was found damaged; the same slot again would be no second one.</summary>
    public Slot NewestSound
    {
        get => new(Volatile.Read(ref _newestSound));
        set => Volatile.Write(ref _newestSound, value.Number);
    }

    /// <summary>A kept one is damaged: another is due at once.</summary>
    public bool IsOwnWanted
    {
        get => Volatile.Read(ref _isOwnWanted);
        set => Volatile.Write(ref _isOwnWanted, value);
    }

    private const int BuildReportsMax = 16;
}
