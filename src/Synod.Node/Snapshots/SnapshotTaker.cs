using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;

namespace Synod.Node;

/// <summary>
/// Takes snapshots of the own state on the apply actor: a cursor is opened whenever so many decrees were applied, and read
/// in slices between batches of decrees, as fast as the disk takes them. It is opened at multiples of the interval, the
/// same on all nodes, or as soon after one as the snapshot before is written.
/// </summary>
internal sealed class SnapshotTaker(
    NodeOptions options, Configuration configuration, SnapshotBoard board, Mailbox<SnapshotPiece> files, SnapshotFile newest,
    long bytesSinceNewest)
{
    private StateCursor? _cursor;
    private Slot _lookedAt = newest.Slot;
    private long _lastBytes = newest.Bytes;
    private long _bytesSince = bytesSinceNewest;
    private Slot _waitsFor;
    private SnapshotPiece _unposted;
    private long _offset;
    private long _bytesBefore;

    /// <summary>A decree was applied.</summary>
    /// <param name="state">What came of it.</param>
    /// <param name="bytes">Bytes of its value.</param>
    public void Applied(ReplicatedState state, int bytes)
    {
        _bytesSince += bytes;
        var every = options.Snapshots.EveryDecrees;
        if (IsTaking || state.AppliedUpTo.Number / every <= _lookedAt.Number / every)
        {
            return;
        }
        _lookedAt = state.AppliedUpTo;
        if (_bytesSince >= _lastBytes * options.Snapshots.JournalPerSnapshotMin)
        {
            Begin(state);
        }
    }

    private bool IsTaking => _cursor is not null || _waitsFor != Slot.Zero;

    private void Begin(ReplicatedState state)
    {
        board.IsOwnWanted = false;
        _cursor = state.OpenCursor(options.ClusterId, configuration);
        (_offset, _bytesBefore, _bytesSince) = (0, _bytesSince, 0);
    }

    /// <summary>
    /// Begins one in the place of a damaged one, even if nothing is applied any more: an idle node must not be the one whose
    /// next start finds nothing to begin with. Hands on one slice, if the disk has room for it.
    /// </summary>
    /// <returns>When it wants the next turn.</returns>
    public Instant Turn(Instant now, ReplicatedState state)
    {
        if (_waitsFor != Slot.Zero && board.OwnEnded >= _waitsFor)
        {
            End(board.OwnDurable >= _waitsFor);
        }
        if (!IsTaking && board.IsOwnWanted && state.AppliedUpTo > board.NewestSound)
        {
            Begin(state);
        }
        if (_cursor is not null)
        {
            if (_unposted.Slot == Slot.Zero)
            {
                var bytes = _cursor.Next(options.Snapshots.SliceBytes);
                _unposted = new SnapshotPiece(
                    SnapshotOrigin.Own, _cursor.Slot, _offset, bytes,
                    _cursor.IsAtEnd ? SnapshotStep.Last : SnapshotStep.Piece);
                _offset += bytes.Length;
            }
            if (!files.TryPost(_unposted))
            {
                return now + RoomTick;
            }
            _unposted = default;
            _waitsFor = _cursor.Slot;
            _cursor = _cursor.IsAtEnd ? null : _cursor;
        }
        return _cursor is not null ? now : Instant.Never;
    }

    // What a refused one would have covered weighs on: a disk that was full for a moment must not keep the journal long.
    private void End(bool isDurable)
    {
        if (isDurable)
        {
            _lastBytes = _offset;
        }
        else
        {
            _bytesSince += _bytesBefore;
        }
        GiveUp(); // Nothing is left of it, unless the disk has refused it half-way.
    }

    /// <summary>The state is another one now: what was being written is older than it.</summary>
    public void GiveUp()
    {
        _waitsFor = Slot.Zero;
        _cursor?.Close();
        _cursor = null;
        _unposted = default;
    }

    /// <summary>A snapshot of this slot exists: the next one is due an interval later.</summary>
    public void Skip(Slot slot)
    {
        _lookedAt = Slot.Max(_lookedAt, slot);
        _bytesSince = 0;
    }

    private static readonly TimeSpan RoomTick = TimeSpan.FromMilliseconds(1);
}
