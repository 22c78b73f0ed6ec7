using Synod.Paxos;
using Synod.Storage;
using Synod.Store;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// Writes the replicated state as it was when the cursor was opened, chunk by chunk, while decrees are applied in
/// between. What is small (sessions) is copied when it is opened; the store keeps its versions.
/// </summary>
internal sealed class StateCursor
{
    private readonly StoreCursor _store;
    private readonly ByteWriter _scratch = new();
    private readonly Queue<(SnapshotChunkKind Kind, byte[] Payload)> _first = new();
    private uint _chain = SnapshotChunk.FirstChain;
    private ulong _chunks;
    private bool _storeIsWritten;

    public StateCursor(ReplicatedState state, SnapshotHeader header)
    {
        Header = header;
        header.Write(_scratch);
        Keep(SnapshotChunkKind.Header);
        state.Sessions.Write(_scratch);
        Keep(SnapshotChunkKind.Sessions);
        _store = state.Store.OpenCursor();
    }

    /// <summary>What is being written.</summary>
    public SnapshotHeader Header { get; }

    /// <summary>The slot that it writes.</summary>
    public Slot Slot => Header.Slot;

    /// <summary>Every chunk was handed out.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The next chunk, a new array.</summary>
    /// <param name="bytesMax">It ends with the record that reaches this.</param>
    public byte[] Next(int bytesMax)
    {
        Check.That(!IsAtEnd);
        if (_first.TryDequeue(out var first))
        {
            return Seal(first.Kind, first.Payload);
        }
        _scratch.Clear();
        if (!_storeIsWritten)
        {
            _storeIsWritten = !_store.WriteSlice(_scratch, bytesMax);
            return Seal(SnapshotChunkKind.Store, _scratch.Span);
        }
        _scratch.U64(_chunks);
        _scratch.U64((ulong)_store.Written);
        IsAtEnd = true;
        _store.Close();
        return Seal(SnapshotChunkKind.End, _scratch.Span);
    }

    /// <summary>Gives up.</summary>
    public void Close() => _store.Close();

    private void Keep(SnapshotChunkKind kind)
    {
        _first.Enqueue((kind, _scratch.Span.ToArray()));
        _scratch.Clear();
    }

    private byte[] Seal(SnapshotChunkKind kind, ReadOnlySpan<byte> payload)
    {
        _chunks++;
        return SnapshotChunk.Seal((byte)kind, SnapshotHeader.FormatVersion, payload, ref _chain);
    }
}
