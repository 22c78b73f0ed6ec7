using System.Numerics;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>
/// Writes protobuf fields straight into a buffer; what is zero or empty is left out, as proto3 has it.
/// </summary>
internal static class ProtobufWriter
{
    /// <summary>Bytes that a number takes.</summary>
    public static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) * 9 + 73) / 64;

    /// <summary>Bytes that a number field takes with its tag; 0 for zero.</summary>
    public static int SizeOfField(int field, long value) =>
        value == 0 ? 0 : SizeOf((ulong)field << 3) + SizeOf((ulong)value);

    /// <summary>Bytes that a bytes field takes with tag and length; 0 for none.</summary>
    public static int SizeOfField(int field, ReadOnlySpan<byte> value) =>
        value.IsEmpty ? 0 : SizeOfMessage(field, value.Length);

    /// <summary>Bytes that a message field takes with tag and length, even when empty.</summary>
    public static int SizeOfMessage(int field, int length) =>
        SizeOf((ulong)field << 3) + SizeOf((ulong)length) + length;

    /// <summary>Writes a number field.</summary>
    public static void Field(PooledBuffer into, int field, long value)
    {
        if (value != 0)
        {
            Varint(into, (ulong)field << 3);
            Varint(into, (ulong)value);
        }
    }

    /// <summary>Writes a bytes field.</summary>
    public static void Field(PooledBuffer into, int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            Header(into, field, value.Length);
            into.Append(value);
        }
    }

    /// <summary>Writes tag and length of a message field; the caller writes exactly that many bytes next.</summary>
    public static void Header(PooledBuffer into, int field, int length)
    {
        Varint(into, ((ulong)field << 3) | (ulong)WireType.LengthDelimited);
        Varint(into, (ulong)length);
    }

    /// <summary>Writes a number.</summary>
    public static void Varint(PooledBuffer into, ulong value)
    {
        var span = into.Append(SizeOf(value));
        var at = 0;
        while (value >= 0x80)
        {
            span[at++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[at] = (byte)value;
    }
}
