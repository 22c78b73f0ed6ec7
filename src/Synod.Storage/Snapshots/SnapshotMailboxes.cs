using Synod.Ports;

namespace Synod.Storage;

/// <summary>
/// The queues between the snapshot files and who writes or asks for them. All are short: a full one makes the writer
/// wait, and so bounds what a snapshot takes of memory while it is on its way.
/// </summary>
/// <param name="wakeFiles">Rouses who turns the files.</param>
/// <param name="wakeCore">Rouses who takes the events.</param>
public sealed class SnapshotMailboxes(Action wakeFiles, Action wakeCore)
{
    /// <summary>How many pieces may wait for the disk.</summary>
    public const int PiecesMax = 8;

    /// <summary>How many reads may wait.</summary>
    public const int ReadsMax = 16;

    private const int EventsMax = 64;

    /// <summary>Pieces of snapshots for their files.</summary>
    public Mailbox<SnapshotPiece> Pieces { get; } = new(PiecesMax, wakeFiles);

    /// <summary>Questions for bytes of kept snapshots.</summary>
    public Mailbox<SnapshotRead> Reads { get; } = new(ReadsMax, wakeFiles);

    /// <summary>What became of them.</summary>
    public Mailbox<SnapshotEvent> Events { get; } = new(EventsMax, wakeCore);
}
