using System.Runtime.InteropServices;
using Synod.Paxos;

namespace Synod.Store;

/// <summary>
/// Keys and values, in large arrays that the collector neither moves nor looks into. Each slab holds blocks of one size
/// and a list of its free ones, threaded through the blocks themselves; an empty slab is given back.
/// </summary>
internal sealed class ByteSlabs
{
    /// <summary>The size of a slab once its class is in wide use.</summary>
    public const int SlabBytesMax = 1024 * 1024;

    /// <summary>The first slab of a class; each next one is twice as large. Small stores stay small.</summary>
    private const int SlabBytesMin = 4096;
    private const int OwnSlab = -1;

    private byte[][] _data = [[]];
    private Slab[] _slabs = [default];
    private int _slabCount = 1;
    private int _vacantNumber;
    private readonly int[] _withRoom = new int[SizeClasses.Count];
    private readonly int[] _nextSlabBytes = new int[SizeClasses.Count];

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Bytes in blocks that are in use, with the unused ends of those blocks.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>The number of arrays held.</summary>
    public int Arrays { get; private set; }

    /// <summary>The bytes behind a reference; they stay where they are until freed.</summary>
    public ReadOnlySpan<byte> this[SlabRef bytes] => _data[bytes.Slab].AsSpan(bytes.Offset, bytes.Length);

    /// <summary>Copies bytes in.</summary>
    public SlabRef Store(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return SlabRef.None;
        }
        Check.That(bytes.Length <= SlabRef.LengthMax);
        if (bytes.Length > SizeClasses.SharedBytesMax)
        {
            int own = AddSlab(OwnSlab, bytes.Length);
            bytes.CopyTo(_data[own]);
            UsedBytes += bytes.Length;
            return SlabRef.Of(own, 0, bytes.Length);
        }
        int sizeClass = SizeClasses.ClassOf(bytes.Length);
        int blockBytes = SizeClasses.BlockBytes(sizeClass);
        int number = _withRoom[sizeClass] != 0 ? _withRoom[sizeClass] : AddShared(sizeClass, blockBytes);
        int offset = TakeBlock(number, blockBytes);
        bytes.CopyTo(_data[number].AsSpan(offset));
        UsedBytes += blockBytes;
        return SlabRef.Of(number, offset, bytes.Length);
    }

    /// <summary>Gives bytes back. The caller has dropped every reference to them.</summary>
    public void Free(SlabRef bytes)
    {
        if (bytes.IsNone)
        {
            return;
        }
        int number = bytes.Slab;
        ref Slab slab = ref _slabs[number];
        if (slab.SizeClass == OwnSlab)
        {
            UsedBytes -= bytes.Length;
            Release(number);
            return;
        }
        Check.That(slab.Live > 0);
        UsedBytes -= SizeClasses.BlockBytes(slab.SizeClass);
        MemoryMarshal.Write(_data[number].AsSpan(bytes.Offset), in slab.Free);
        slab.Free = bytes.Offset + 1;
        slab.Live--;
        if (!slab.Listed)
        {
            Link(number);
        }
        // The last slab with room stays, or a class that swings around a border would allocate without end.
        if (slab.Live == 0 && (slab.Next != 0 || slab.Previous != 0))
        {
            Unlink(number);
            Release(number);
        }
    }

    private int TakeBlock(int number, int blockBytes)
    {
        ref Slab slab = ref _slabs[number];
        int offset;
        if (slab.Free != 0)
        {
            offset = slab.Free - 1;
            slab.Free = MemoryMarshal.Read<int>(_data[number].AsSpan(offset));
        }
        else
        {
            offset = slab.Untouched;
            slab.Untouched += blockBytes;
        }
        slab.Live++;
        if (slab.Free == 0 && slab.Untouched + blockBytes > _data[number].Length)
        {
            Unlink(number);
        }
        return offset;
    }

    private int AddShared(int sizeClass, int blockBytes)
    {
        int bytes = Math.Clamp(Math.Max(_nextSlabBytes[sizeClass], blockBytes * 4), SlabBytesMin, SlabBytesMax);
        _nextSlabBytes[sizeClass] = bytes * 2;
        int number = AddSlab(sizeClass, bytes);
        Link(number);
        return number;
    }

    private int AddSlab(int sizeClass, int bytes)
    {
        int number = _vacantNumber;
        if (number != 0)
        {
            _vacantNumber = _slabs[number].Next;
        }
        else
        {
            number = _slabCount++;
            Check.That(number < SlabRef.SlabsMax);
            if (number == _slabs.Length)
            {
                Array.Resize(ref _slabs, number * 2);
                Array.Resize(ref _data, number * 2);
            }
        }
        _slabs[number] = new Slab { SizeClass = sizeClass };
        // Only bytes that were written are ever read back, so that clearing them first would be wasted.
        _data[number] = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        AllocatedBytes += bytes;
        Arrays++;
        return number;
    }

    private void Release(int number)
    {
        AllocatedBytes -= _data[number].Length;
        Arrays--;
        _data[number] = [];
        _slabs[number] = new Slab { Next = _vacantNumber };
        _vacantNumber = number;
    }

    private void Link(int number)
    {
        ref Slab slab = ref _slabs[number];
        ref int head = ref _withRoom[slab.SizeClass];
        slab.Next = head;
        slab.Previous = 0;
        slab.Listed = true;
        if (head != 0)
        {
            _slabs[head].Previous = number;
        }
        head = number;
    }

    private void Unlink(int number)
    {
        ref Slab slab = ref _slabs[number];
        if (slab.Previous != 0)
        {
            _slabs[slab.Previous].Next = slab.Next;
        }
        else
        {
            _withRoom[slab.SizeClass] = slab.Next;
        }
        if (slab.Next != 0)
        {
            _slabs[slab.Next].Previous = slab.Previous;
        }
        slab.Next = 0;
        slab.Previous = 0;
        slab.Listed = false;
    }

    private struct Slab
    {
        public int SizeClass;

        /// <summary>Offset of the first block that was never used.</summary>
        public int Untouched;

        /// <summary>Blocks in use.</summary>
        public int Live;

        /// <summary>Offset plus one of the first freed block; the block holds the next one's.</summary>
        public int Free;

        /// <summary>Neighbours in the class's list of slabs with room.</summary>
        public int Next;
        public int Previous;
        public bool Listed;
    }
}
