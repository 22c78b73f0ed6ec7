using System.Runtime.CompilerServices;
using Synod.Paxos;

namespace Synod.Store;

/// <summary>
/// Structs by number, in arrays that never move: a reference into the table stays good while it grows. Number 0 is
/// never given out and means "none".
/// </summary>
internal sealed class StructTable<T>(int chunkLog)
    where T : unmanaged
{
    private readonly int _mask = (1 << chunkLog) - 1;
    private T[][] _chunks = [];
    private int _chunkCount;
    private uint _next = 1;

    /// <summary>The entry of that number.</summary>
    public ref T this[uint number] => ref _chunks[number >> chunkLog][number & (uint)_mask];

    /// <summary>The number of arrays held.</summary>
    public int Arrays => _chunkCount;

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes => (long)_chunkCount * (_mask + 1) * Unsafe.SizeOf<T>();

    /// <summary>A zeroed new entry.</summary>
    public uint Add()
    {
        Check.That(_next < uint.MaxValue);
        if (_next >> chunkLog >= (uint)_chunkCount)
        {
            if (_chunkCount == _chunks.Length)
            {
                Array.Resize(ref _chunks, Math.Max(8, _chunkCount * 2));
            }
            _chunks[_chunkCount++] = GC.AllocateArray<T>(_mask + 1, pinned: true);
        }
        return _next++;
    }
}
