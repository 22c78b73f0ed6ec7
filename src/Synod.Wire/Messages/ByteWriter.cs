using System.Buffers.Binary;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Wire;

/// <summary>
/// A growing buffer of little-endian fields with one owner, used again and again: it allocates only while it grows.
/// </summary>
public sealed class ByteWriter(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Starts anew.</summary>
    public void Clear() => Length = 0;

    /// <summary>One byte.</summary>
    public void U8(byte value) => Take(1)[0] = value;

    /// <summary>Four bytes.</summary>
    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    /// <summary>Eight bytes.</summary>
    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>Eight bytes.</summary>
    public void I64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    /// <summary>A slot.</summary>
    public void Slot(Slot slot) => U64(slot.Number);

    /// <summary>A ballot, 16 bytes.</summary>
    public void Ballot(Ballot ballot)
    {
        var span = Take(16);
        BinaryPrimitives.WriteUInt64LittleEndian(span, ballot.Round);
        BinaryPrimitives.WriteUInt32LittleEndian(span[8..], ballot.Node.Number);
        BinaryPrimitives.WriteUInt32LittleEndian(span[12..], ballot.Incarnation);
    }

    /// <summary>Length and bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        U32((uint)bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
    }

    /// <summary>A decree: kind, elapsed time, bytes.</summary>
    public void Decree(in Decree decree)
    {
        U8((byte)decree.Kind);
        U32(decree.ElapsedMicroseconds);
        Bytes(decree.Value.Span);
    }

    /// <summary>Overwrites four bytes that were written before.</summary>
    public void PatchU32(int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(0, Length).Slice(at, 4), value);

    /// <summary>Reserves <paramref name="count"/> bytes for the caller to fill at once.</summary>
    public Span<byte> Take(int count)
    {
        var needed = checked(Length + count);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(needed, Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        }
        var span = _bytes.AsSpan(Length, count);
        Length = needed;
        return span;
    }
}
