using System.Buffers.Binary;
using Synod.Paxos;
using Synod.Ports;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <summary>
/// Reads the kept snapshots through, slowly and again and again, so that rot in one is known before it is needed. Only the
/// newest is read at a start, and no other until something is wrong with that one.
/// </summary>
/// <param name="disk">Where the files are.</param>
/// <param name="lastKind">The kind of the chunk that ends a snapshot: a file cut short between chunks lacks it.</param>
/// <param name="every">From the end of one pass over the files to the next.</param>
public sealed class SnapshotScrub(IDisk disk, byte lastKind, TimeSpan every)
{
    /// <summary>A start has better things to do: the first pass begins so long after it.</summary>
    public static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);

    /// <summary>Bytes that are read at a time.</summary>
    public const int SliceBytes = 128 << 10;

    /// <summary>From one slice to the next: about 2.5 megabytes a second, which no sync of the journal feels.</summary>
    public static readonly TimeSpan SliceEvery = TimeSpan.FromMilliseconds(50);

    private readonly byte[] _slice = new byte[SliceBytes];
    private Instant _next;
    private bool _hasBegun;
    private SnapshotFile _present;
    private Slot _doneUpTo;
    private long _at;
    private uint _chain;
    private uint _sum;
    private uint _expected;
    private int _left;
    private byte _kind;

    /// <summary>Files that were read to their end and found sound. May be read from any thread, approximate.</summary>
    public long Verified { get; private set; }

    /// <summary>Reads the next slice, when it is time.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="kept">The finished files, in order of their slots.</param>
    /// <param name="damaged">The file in which something is wrong.</param>
    /// <returns>What is wrong, or null.</returns>
    internal string? Turn(Instant now, List<SnapshotFile> kept, out SnapshotFile damaged)
    {
        damaged = default;
        if (!_hasBegun)
        {
            _hasBegun = true;
            _next = now + FirstAfter;
        }
        if (now < _next)
        {
            return null;
        }
        if (!kept.Contains(_present) && !Begin(kept))
        {
            _doneUpTo = Slot.Zero;
            _next = now + every;
            return null;
        }
        _next = now + SliceEvery;
        var error = Read();
        if (error is not null)
        {
            damaged = _present;
        }
        if (error is not null || _at == _present.Bytes)
        {
            Verified += error is null ? 1 : 0;
            _doneUpTo = _present.Slot;
            _present = default;
        }
        return error;
    }

    /// <summary>When it wants its next turn.</summary>
    internal Instant Next => _hasBegun ? _next : default;

    private bool Begin(List<SnapshotFile> kept)
    {
        _present = kept.Find(file => file.Slot > _doneUpTo);
        _at = 0;
        _left = 0;
        _kind = 0;
        _chain = SnapshotChunk.FirstChain;
        return _present.Slot != Slot.Zero;
    }

    private string? Read()
    {
        int count;
        try
        {
            count = disk.Read(SnapshotName.Of(_present.Slot), _at, _slice);
        }
        catch (IOException e)
        {
            return e.Message;
        }
        var bytes = _slice.AsSpan(0, count);
        while (bytes.Length > 0)
        {
            if (_left == 0)
            {
                if (bytes.Length < SnapshotChunk.HeaderBytes)
                {
                    break; // The rest of the header comes with the next slice.
                }
                if (!BeginChunk(bytes[..SnapshotChunk.HeaderBytes]))
                {
                    return Damaged;
                }
                bytes = bytes[SnapshotChunk.HeaderBytes..];
                _at += SnapshotChunk.HeaderBytes;
            }
            var part = bytes[..Math.Min(_left, bytes.Length)];
            _sum = Crc32C.Of(part, _sum);
            _left -= part.Length;
            _at += part.Length;
            bytes = bytes[part.Length..];
            if (_left == 0 && _sum != _expected)
            {
                return Damaged;
            }
            _chain = _left == 0 ? _sum : _chain;
        }
        var isOver = _at == _present.Bytes || count < _slice.Length;
        return isOver && (_at != _present.Bytes || _left > 0 || _kind != lastKind) ? "it ends too early" : null;
    }

    private bool BeginChunk(ReadOnlySpan<byte> header)
    {
        var length = SnapshotChunk.LengthOf(header);
        _kind = header[4];
        _left = length - SnapshotChunk.HeaderBytes;
        _sum = SnapshotChunk.BeginSum(header, _chain, out _expected);
        return length > 0;
    }

    private string Damaged => $"what it holds before byte {_at} does not match its checksum";
}
