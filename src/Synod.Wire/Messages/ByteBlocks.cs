namespace Synod.Wire;

/// <summary>
/// Memory for bytes that are kept for a while by many, such as the decrees of the last seconds: slices of blocks that
/// the collector neither moves nor promotes. As arrays of their own they would each outlive its young generations, and
/// be copied twice on the way; that made its longest pauses. A slice is handed out once; a block goes when nothing of it
/// is referred to any more.
/// </summary>
public sealed class ByteBlocks
{
    /// <summary>
    /// The size of a block. No larger than a frame of which any value may be kept (<see cref="ByteReader.Value"/>): what
    /// keeps a slice keeps its block.
    /// </summary>
    public const int BlockBytes = ByteReader.FrameBytesKeptMin;

    /// <summary>Longer runs of bytes get an array of their own, or ends of blocks would be left empty.</summary>
    public const int SharedBytesMax = BlockBytes / 8;

    private byte[] _block = [];
    private int _used;

    /// <summary>Memory that nobody else has; what it holds is undefined.</summary>
    public Memory<byte> Take(int bytes)
    {
        if (bytes > SharedBytesMax)
        {
            return NewBlock(bytes);
        }
        if (_block.Length - _used < bytes)
        {
            _block = NewBlock(BlockBytes);
            _used = 0;
        }
        var taken = _block.AsMemory(_used, bytes);
        _used += bytes;
        return taken;
    }

    /// <summary>An array of such memory; what it holds is undefined.</summary>
    public static byte[] NewBlock(int bytes) => GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
}
