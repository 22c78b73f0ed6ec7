using Synod.Replication;
using Synod.Storage;
using Synod.Store;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// Builds a replicated state from a snapshot's bytes, which may come in any pieces. Nothing of the present state is
/// touched until all of it was found sound.
/// </summary>
/// <param name="isPadded">Zeros may follow its end, as in an archive.</param>
internal sealed class StateInstaller(bool isPadded = false)
{
    private readonly StoreInstaller _store = new();
    private readonly ByteWriter _waiting = new();
    private SessionTable? _sessions;
    private uint _chain = SnapshotChunk.FirstChain;
    private ulong _chunks;
    private bool _isAtEnd;
    private OrderedStore? _built;

    /// <summary>What the snapshot says of itself, once that is known.</summary>
    public SnapshotHeader? Header { get; private set; }

    /// <summary>Why the snapshot cannot be used, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Everything was taken and found sound.</summary>
    public bool IsComplete => _isAtEnd && Error is null;

    /// <summary>The sessions; only when it is complete.</summary>
    public SessionTable Sessions => _sessions!;

    /// <summary>Takes the next bytes.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_waiting.Take(bytes.Length));
        var all = _waiting.Memory;
        var at = 0;
        while (Error is null && all.Length - at >= (_isAtEnd ? 1 : SnapshotChunk.HeaderBytes))
        {
            if (_isAtEnd)
            {
                RefuseIf(!isPadded || all.Span[at..].ContainsAnyExcept((byte)0), "something follows its end");
                at = all.Length;
                break;
            }
            var length = SnapshotChunk.LengthOf(all.Span[at..]);
            if (length == 0)
            {
                Refuse("a chunk is damaged");
            }
            else if (length > all.Length - at)
            {
                break;
            }
            else
            {
                TakeChunk(all.Slice(at, length));
                at += length;
            }
        }
        if (at == 0)
        {
            return; // The rest of a long chunk is still to come: moving what there is each time would cost its square.
        }
        var rest = all[at..].ToArray();
        _waiting.Clear();
        rest.CopyTo(_waiting.Take(rest.Length));
    }

    /// <summary>No more bytes come.</summary>
    public void End()
    {
        if (!_isAtEnd)
        {
            Refuse("it ends too early");
        }
    }

    /// <summary>The store; only when it is complete.</summary>
    public OrderedStore Store => _built!;

    private void TakeChunk(ReadOnlyMemory<byte> chunk)
    {
        var version = chunk.Span[5];
        if (!SnapshotChunk.IsIntact(chunk.Span, ref _chain))
        {
            Refuse($"chunk {_chunks + 1} does not match its checksum");
            return;
        }
        var kind = (SnapshotChunkKind)chunk.Span[4];
        if (version != SnapshotHeader.FormatVersion || kind is < SnapshotChunkKind.Header or > SnapshotChunkKind.End)
        {
            Refuse($"chunk {_chunks + 1} has a format that this version of Synod does not know (kind {(byte)kind}, version {version})");
            return;
        }
        if ((kind == SnapshotChunkKind.Header) != (_chunks == 0))
        {
            Refuse("it does not begin with its header");
            return;
        }
        var reader = new ByteReader(chunk[SnapshotChunk.HeaderBytes..]);
        Take(kind, ref reader, chunk[SnapshotChunk.HeaderBytes..]);
        _chunks++;
    }

    private void Take(SnapshotChunkKind kind, ref ByteReader reader, ReadOnlyMemory<byte> payload)
    {
        switch (kind)
        {
            case SnapshotChunkKind.Header:
                Header = SnapshotHeader.Read(ref reader);
                RefuseIf(Header is null, "its header makes no sense");
                break;
            case SnapshotChunkKind.Sessions:
                RefuseIf(_sessions is not null, "it has two tables of sessions");
                _sessions = SessionTable.Read(ref reader);
                RefuseIf(_sessions is null || !reader.IsAtEnd, "its sessions make no sense");
                break;
            case SnapshotChunkKind.Store:
                if (_store.Take(payload) is { } error)
                {
                    Refuse(error);
                }
                break;
            default:
                _isAtEnd = true;
                var sound = reader.U64() == _chunks && reader.U64() == (ulong)_store.Taken && reader.IsAtEnd;
                RefuseIf(!sound || reader.IsBad || _sessions is null, "parts of it are missing");
                _built = Error is null ? _store.Finish() : null;
                RefuseIf(_built is null || _built.EffectSum != Header!.EffectSum, "its parts do not fit together");
                break;
        }
    }

    private void RefuseIf(bool condition, string why)
    {
        if (condition)
        {
            Refuse(why);
        }
    }

    private void Refuse(string why) => Error ??= why;
}
