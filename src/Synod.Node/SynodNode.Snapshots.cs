using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Replication;
using Synod.Storage;
using Synod.Storage.Recovery;

namespace Synod.Node;

/// <content>Snapshots: the state begins with one, the journal's actor writes them, and the journal goes behind them.</content>
public sealed partial class SynodNode
{
    private readonly SnapshotMailboxes _snapshotBoxes;
    private readonly SnapshotBoard _snapshotBoard;
    private readonly SnapshotRecovery _snapshotRecovery;
    private SnapshotFiles? _snapshotFiles;
    private long _bytesRecovered;

    /// <summary>The journal's view for metrics; null before the start.</summary>
    public Journal? Journal => _journal;

    /// <summary>The snapshot files' view for metrics; null before the start.</summary>
    public SnapshotFiles? Snapshots => _snapshotFiles;

    /// <summary>
    /// Begins recovery: the state becomes that of the newest sound snapshot, and the journal's records come after it. The
    /// host pumps it to its end before <see cref="Start"/>.
    /// </summary>
    /// <param name="disk">The journal's handle on the data directory.</param>
    /// <param name="snapshots">Another one, for the snapshots.</param>
    public JournalOpening OpenJournal(IDisk disk, IDisk snapshots)
    {
        _options.Snapshots.Validate();
        _snapshotRecovery.Run(snapshots, _state);
        if (_state.AppliedUpTo > Slot.Zero)
        {
            _replica.RecoverSnapshot(_state.AppliedUpTo);
        }
        _snapshotFiles = new SnapshotFiles(
            snapshots, _snapshotBoxes, _snapshotRecovery.Found, _snapshotRecovery.Damaged,
            new SnapshotScrub(snapshots, (byte)SnapshotChunkKind.End, _options.Snapshots.VerifyEvery));
        return new JournalOpening(disk, _journalOptions, _recovery);
    }

    /// <summary>
    /// A decree that the journal has behind the snapshot. It counts for the next snapshot: a node that is restarted again
    /// and again would never take one otherwise.
    /// </summary>
    private void ApplyRecovered(LearnedDecree decree)
    {
        _state.Apply(decree, static _ => false);
        _bytesRecovered += decree.Decree.Value.Length;
    }

    private SnapshotExchange StartSnapshots(LogHost host)
    {
        var newest = _snapshotFiles!.Newest;
        host.LetGo(_recovery.LetGoUpTo);
        host.LetGo(SnapshotExchange.LetGoUpTo(_options.Snapshots, _snapshotFiles.CoveredUpTo, newest.Slot));
        return new SnapshotExchange(
            _options, host, _board, _snapshotBoard, _snapshotBoxes, _peers, _observer, newest);
    }

    private Instant TurnJournal(Instant now)
    {
        if (IsEnding)
        {
            return Instant.Never;
        }
        var next = _journal!.Turn(now);
        return Instant.Min(next, _snapshotFiles!.Turn(now));
    }
}
