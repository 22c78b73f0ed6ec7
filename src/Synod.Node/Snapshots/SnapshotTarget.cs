using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// Fetches a peer's snapshot, one piece at a time: each goes to the file and to the state that is being built of it.
/// When a whole state was built the file is finished, and when that is durable the core may jump to it. Whatever goes wrong before costs nothing but
/// the time: what was fetched is thrown away, and the next offer begins anew, from whomever it comes.
/// </summary>
internal sealed class SnapshotTarget(
    NodeOptions options, IPeers peers, INodeObserver observer, Mailbox<SnapshotPiece> files,
    Mailbox<SnapshotPiece> building)
{
    private readonly ByteWriter _packet = new(64);
    private NodeId _from;
    private Slot _slot;
    private long _length;
    private long _offset;
    private Instant _begunAt;
    private Instant _askedAt;
    private Instant _wholeAt;
    private Instant _restUntil;
    private int _silent;
    private bool _isDurable;
    private bool _isBuilt;
    private bool _isFinishing;
    private Slot _dropFile;
    private Slot _dropState;
    private bool _awaitsDrop;

    /// <summary>A snapshot is being fetched.</summary>
    public bool IsActive => _slot != Slot.Zero;

    /// <summary>The slot of the snapshot that is whole, durable and built; or zero.</summary>
    public Slot Ready => _isDurable ? _slot : Slot.Zero;

    /// <summary>A peer offers one.</summary>
    public void Offered(Instant now, NodeId from, in SnapshotPacket offer)
    {
        if (IsActive || now < _restUntil || !DropsAreDone || offer.Length is 0 or > LengthMax)
        {
            return;
        }
        _from = from;
        _slot = offer.Slot;
        _length = offer.Length;
        _offset = 0;
        _silent = 0;
        _isDurable = false;
        _isBuilt = false;
        _isFinishing = false;
        _begunAt = now;
        observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.Fetching, _slot, _length, Peer: from));
        Ask(now);
    }

    /// <summary>A piece has come. Where there is no room for it, it is asked for again.</summary>
    public void Take(Instant now, NodeId from, in SnapshotPacket piece)
    {
        var isNext = IsActive && from == _from && piece.Slot == _slot && piece.Offset == _offset && piece.Length == _length;
        if (!isNext || !HasRoom)
        {
            return;
        }
        var end = piece.Offset + piece.Bytes.Length;
        var part = new SnapshotPiece(SnapshotOrigin.Peer, _slot, _offset, piece.Bytes, SnapshotStep.Piece);
        if (!files.TryPost(part))
        {
            return; // The apply actor has filled it in between.
        }
        var posted = building.TryPost(part with { Step = end == _length ? SnapshotStep.Last : SnapshotStep.Piece });
        Check.That(posted); // Nobody else posts there.
        _offset = end;
        _silent = 0;
        _wholeAt = now;
        if (_offset < _length)
        {
            Ask(now);
        }
    }

    /// <summary>The peer does not have it any more, or cannot be reached.</summary>
    public void Lost(Instant now, NodeId from, Slot slot, string why)
    {
        if (IsActive && from == _from && (slot == Slot.Zero || slot == _slot) && _offset < _length)
        {
            Abandon(now, why);
        }
    }

    /// <summary>The file is whole and durable.</summary>
    public void FileIsDurable(Slot slot) => _isDurable |= slot == _slot;

    /// <summary>The file could not be written.</summary>
    public void FileFailed(Instant now, Slot slot, string why)
    {
        if (IsActive && slot == _slot)
        {
            Abandon(now, why);
            _restUntil = now + RestAfterFailure;
        }
    }

    /// <summary>The state is built, or cannot be.</summary>
    public void Built(Instant now, in BuildReport report)
    {
        _awaitsDrop &= !report.IsDropped;
        if (report.IsDropped || !IsActive || report.Slot != _slot)
        {
            return;
        }
        if (report.Error is { } error)
        {
            Abandon(now, error);
            _restUntil = now + RestAfterFailure;
        }
        else
        {
            _isBuilt = true;
        }
    }

    /// <summary>Asks again where nothing came, gives up where nothing comes, and when the log was quicker.</summary>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="chosenUpTo">How far the log has come.</param>
    /// <param name="isHeard">Whether this node takes now what peers send on the bulk lane.</param>
    public void Turn(Instant now, Slot chosenUpTo, bool isHeard)
    {
        PostDrop(files, ref _dropFile);
        PostDrop(building, ref _dropState);
        if (!IsActive)
        {
            return;
        }
        _isFinishing |= _isBuilt && !_isFinishing && files.TryPost(
            new SnapshotPiece(SnapshotOrigin.Peer, _slot, _length, default, SnapshotStep.Last));
        if (chosenUpTo >= _slot)
        {
            Abandon(now, "the log has come as far");
        }
        else if (_offset < _length && now - _askedAt >= AskAgainAfter)
        {
            _silent += HasRoom && isHeard ? 1 : 0; // Else it is this node that is slow, whether or not the peer answers.
            if (_silent >= SilencesMax)
            {
                Abandon(now, "no answer comes");
            }
            else
            {
                Ask(now);
            }
        }
        else if (_offset == _length && now - _wholeAt >= EndPatience)
        {
            // Nobody has said that it failed; but while this lasts the log is asked for nothing.
            Abandon(now, "all of it came, and it was not built and durable in time");
            _restUntil = now + RestAfterFailure;
        }
    }

    /// <summary>The core has jumped to it.</summary>
    public void Installed(Instant now)
    {
        observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.Installed, _slot, _length, now - _begunAt, _from));
        _slot = Slot.Zero;
    }

    /// <summary>When it wants a turn.</summary>
    public Instant Next(Instant now) => IsActive || !DropsAreDone ? now + AskAgainAfter : Instant.Never;

    private bool HasRoom => files.Count < files.Limit && building.Count < building.Limit;

    // The state's actor must have said so: a late report of the fetch before would be taken for the next one's, which may
    // be of the same slot.
    private bool DropsAreDone => _dropFile == Slot.Zero && _dropState == Slot.Zero && !_awaitsDrop;

    private static void PostDrop(Mailbox<SnapshotPiece> to, ref Slot slot)
    {
        var drop = new SnapshotPiece(SnapshotOrigin.Peer, slot, 0, default, SnapshotStep.Drop);
        if (slot != Slot.Zero && to.TryPost(drop))
        {
            slot = Slot.Zero;
        }
    }

    private void Abandon(Instant now, string why)
    {
        observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.FetchEnded, _slot, _offset, now - _begunAt, _from, why));
        _dropFile = _isFinishing ? Slot.Zero : _slot; // What was found whole may stay: nobody depends on it.
        _dropState = _slot;
        _awaitsDrop = true;
        _slot = Slot.Zero;
    }

    private void Ask(Instant now)
    {
        _askedAt = now;
        _packet.Clear();
        new SnapshotPacket(SnapshotMessageKind.Fetch, options.ClusterId, _slot, _offset, 0, default).Write(_packet);
        peers.TrySend(_from, PeerLane.Bulk, _packet.Span);
    }

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>From the last byte to a state that is built and a file that is durable; the sync of a large file may take long.</summary>
    public static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(5);
    private const int SilencesMax = 8;

    /// <summary>No state is so large; an offer of more is nonsense, and would be fetched until the disk is full.</summary>
    private const long LengthMax = 1L << 40;
}
