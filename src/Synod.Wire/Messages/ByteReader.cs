using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Wire;

/// <summary>
/// Reads what <see cref="ByteWriter"/> wrote. It never throws on bad bytes: after the first impossible field
/// <see cref="IsBad"/> is set and every further field reads as zero, so the caller checks once at the end.
/// </summary>
/// <remarks>
/// Bytes that it returns are slices of the memory given in: whoever keeps them keeps that memory alive. For values there
/// is a bound on that, see <see cref="Value"/>.
/// </remarks>
public ref struct ByteReader(ReadOnlyMemory<byte> memory)
{
    private readonly ReadOnlyMemory<byte> _memory = memory;
    private readonly ReadOnlySpan<byte> _span = memory.Span;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The bytes do not make sense.</summary>
    public bool IsBad { get; private set; }

    /// <summary>Everything is read, or nothing more can be.</summary>
    public readonly bool IsAtEnd => IsBad || Position == _span.Length;

    /// <summary>One byte.</summary>
    public byte U8() => TryTake(1, out var span) ? span[0] : (byte)0;

    /// <summary>Four bytes.</summary>
    public uint U32() => TryTake(4, out var span) ? BinaryPrimitives.ReadUInt32LittleEndian(span) : 0;

    /// <summary>Eight bytes.</summary>
    public ulong U64() => TryTake(8, out var span) ? BinaryPrimitives.ReadUInt64LittleEndian(span) : 0;

    /// <summary>Eight bytes.</summary>
    public long I64() => unchecked((long)U64());

    /// <summary>A yes or no; any byte but 0 and 1 is bad.</summary>
    public bool Flag()
    {
        var b = U8();
        IsBad |= b > 1;
        return b == 1;
    }

    /// <summary>A slot.</summary>
    public Slot Slot()
    {
        var number = U64();
        if (number > SlotNumberMax)
        {
            IsBad = true;
            number = 0;
        }
        return new Slot(number);
    }

    /// <summary>A ballot.</summary>
    public Ballot Ballot()
    {
        var ballot = new Ballot(U64(), new NodeId(U32()), U32());
        // Either nothing at all, or a round within bounds with a node and an incarnation.
        var none = ballot == default;
        var possible = ballot.Round is > 0 and <= Paxos.Ballot.RoundMax && ballot.Node.Number != 0 && ballot.Incarnation != 0;
        IsBad |= !none && !possible;
        return IsBad ? default : ballot;
    }

    /// <summary>Length and bytes, not copied.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var length = U32();
        var start = Position;
        return length <= int.MaxValue && TryTake((int)length, out _) ? _memory.Slice(start, (int)length) : Bad();
    }

    /// <summary>
    /// A value. A small one out of a large frame is copied: values are kept long after their frame was taken, and a
    /// hundred bytes that keep a megabyte alive would make every limit on memory a lie.
    /// </summary>
    public Value Value()
    {
        var bytes = Bytes();
        return new Value(KeepsTooMuch(bytes) ? bytes.ToArray() : bytes);
    }

    /// <summary>Passes over bytes that the caller reads itself.</summary>
    public void Skip(int count) => TryTake(count, out _);

    /// <summary>A decree.</summary>
    public Decree Decree()
    {
        var kind = (DecreeKind)U8();
        var elapsed = U32();
        var value = Value();
        IsBad |= kind is < DecreeKind.NoOp or > DecreeKind.Configuration;
        return IsBad ? default : new Decree(kind, elapsed, value);
    }

    /// <summary>Marks the input as bad.</summary>
    public ReadOnlyMemory<byte> Bad()
    {
        IsBad = true;
        return default;
    }

    private static bool KeepsTooMuch(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var part)
        && part.Array!.Length > FrameBytesKeptMin && part.Count < part.Array.Length / KeptShareMax;

    private bool TryTake(int count, out ReadOnlySpan<byte> span)
    {
        if (IsBad || count > _span.Length - Position)
        {
            IsBad = true;
            span = default;
            return false;
        }
        span = _span.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>Frames up to this are kept as they are, however small the values in them.</summary>
    public const int FrameBytesKeptMin = 64 * 1024;

    /// <summary>A larger frame is kept only by values of at least one such part of it.</summary>
    public const int KeptShareMax = 4;

    /// <summary>A slot above this is nonsense: arithmetic on slots must not overflow.</summary>
    public const ulong SlotNumberMax = 1UL << 62;
}
