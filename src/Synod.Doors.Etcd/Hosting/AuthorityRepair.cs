using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// Lets clients in whose <c>:authority</c> is a whole URL. etcdctl 3.4 sends <c>http://host:port</c> there in calls to
/// one endpoint (endpoint status), etcd takes it, and Kestrel resets the stream because that is no host name. Nobody reads
/// the authority here, so <c>http://</c> becomes <c>httpB--</c>, which is one.
/// </summary>
/// <remarks>
/// The bytes are changed in place, before Kestrel sees them: in HPACK's Huffman code (RFC 7541, Appendix B) B is as
/// long as a colon and a hyphen as long as a slash, so no length changes and both ends' dynamic tables stay equal.
/// A connection whose first request needs nothing is not looked at again.
/// </remarks>
internal sealed class AuthorityRepair : PipeReader
{
    private const int PrefaceBytes = 24;
    private const int FrameHeaderBytes = 9;
    private const byte HeadersFrame = 1;

    /// <summary>The longest length that one byte of HPACK tells; no authority that matters is longer.</summary>
    private const int ShortLengthMax = 126;

    private static ReadOnlySpan<byte> Plain => "http://"u8;

    private static ReadOnlySpan<byte> PlainRepaired => "httpB--"u8;

    // h 100111, t 01001 twice, p 101011, then ":" 1011100 and "/" 011000 twice, or "B" 1011101 and "-" 010110 twice:
    // 41 bits, of which the last, in the sixth byte, is 0 for both; the rest of that byte belongs to what follows.
    private static readonly byte[] s_huffman = [0b10011101, 0b00101001, 0b10101110, 0b11100011, 0b00001100];
    private static readonly byte[] s_huffmanRepaired = [0b10011101, 0b00101001, 0b10101110, 0b11101010, 0b11001011];

    private readonly PipeReader _inner;
    private ReadOnlySequence<byte> _whole;
    private ReadOnlySequence<byte> _shown;
    private long _nextFrame = PrefaceBytes;
    private bool _isFirst = true;
    private bool _isSettled;

    private AuthorityRepair(PipeReader inner) => _inner = inner;

    /// <summary>The same connection, with what comes in repaired.</summary>
    public static IDuplexPipe Around(IDuplexPipe transport) =>
        new Repaired(new AuthorityRepair(transport.Input), transport.Output);

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await _inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (Show(read, out var shown))
            {
                return shown;
            }
            _inner.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!_inner.TryRead(out var read))
        {
            result = default;
            return false;
        }
        if (Show(read, out result))
        {
            return true;
        }
        _inner.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return false;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_isSettled)
        {
            _inner.AdvanceTo(consumed, examined);
            return;
        }
        _nextFrame -= _whole.Slice(0, consumed).Length;
        // Who has looked at all that was shown wants more; so do the frames that were held back.
        var sawAll = _shown.Slice(examined).IsEmpty;
        _inner.AdvanceTo(consumed, sawAll ? _whole.End : examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => _inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    /// <summary>Changes a scheme in a block of headers, if there is one to change.</summary>
    internal static bool Repair(Span<byte> block)
    {
        for (var at = 0; at + 2 < block.Length; at++)
        {
            // A literal with the name ":authority" (index 1): with indexing, without, or never indexed.
            if (block[at] is not (0x41 or 0x01 or 0x11) || (block[at + 1] & 0x7f) > ShortLengthMax)
            {
                continue;
            }
            var value = block[(at + 2)..];
            if (block[at + 1] < 0x80 && value.StartsWith(Plain))
            {
                PlainRepaired.CopyTo(value);
                return true;
            }
            if (block[at + 1] >= 0x80 && value.Length > s_huffman.Length && value.StartsWith(s_huffman)
                && value[s_huffman.Length] < 0x80)
            {
                s_huffmanRepaired.CopyTo(value);
                return true;
            }
        }
        return false;
    }

    /// <summary>Repairs whole frames of headers and holds back one of which the end is missing.</summary>
    /// <returns>False when nothing can be shown yet.</returns>
    private bool Show(in ReadResult read, out ReadResult shown)
    {
        shown = read;
        if (_isSettled)
        {
            return true;
        }
        _whole = read.Buffer;
        _shown = _whole;
        Span<byte> header = stackalloc byte[FrameHeaderBytes];
        while (_nextFrame < _whole.Length && !_isSettled)
        {
            if (_nextFrame + FrameHeaderBytes > _whole.Length)
            {
                return HoldBack(read, ref shown);
            }
            _whole.Slice(_nextFrame, FrameHeaderBytes).CopyTo(header);
            var length = (header[0] << 16) | (header[1] << 8) | header[2];
            if (header[3] == HeadersFrame)
            {
                if (_nextFrame + FrameHeaderBytes + length > _whole.Length)
                {
                    return HoldBack(read, ref shown);
                }
                var isRepaired = RepairIn(_whole.Slice(_nextFrame + FrameHeaderBytes, length));
                _isSettled = _isFirst && !isRepaired;
                _isFirst = false;
            }
            _nextFrame += FrameHeaderBytes + length;
        }
        return true;
    }

    private bool HoldBack(in ReadResult read, ref ReadResult shown)
    {
        if (read.IsCompleted || read.IsCanceled)
        {
            return true;
        }
        _shown = _whole.Slice(0, _nextFrame);
        shown = new ReadResult(_shown, isCanceled: false, isCompleted: false);
        return !_shown.IsEmpty;
    }

    private static bool RepairIn(in ReadOnlySequence<byte> block)
    {
        if (block.IsSingleSegment)
        {
            return Repair(MemoryMarshal.AsMemory(block.First).Span);
        }
        var copy = block.ToArray();
        if (!Repair(copy))
        {
            return false;
        }
        var at = 0;
        foreach (var segment in block)
        {
            copy.AsSpan(at, segment.Length).CopyTo(MemoryMarshal.AsMemory(segment).Span);
            at += segment.Length;
        }
        return true;
    }

    private sealed class Repaired(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output { get; } = output;
    }
}
