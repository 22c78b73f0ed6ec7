using System.Buffers.Binary;
using Synod.Storage.Format;

namespace Synod.Storage.Durable;

/// <summary>What the bytes of a state file are.</summary>
public enum StateVerdict
{
    /// <summary>A whole record.</summary>
    Intact,

    /// <summary>Shorter than its header, or than its header says.</summary>
    Truncated,

    /// <summary>The checksum does not fit, or there is more than the header says.</summary>
    Damaged,

    /// <summary>Written by a version that is not known here.</summary>
    OtherFormat,
}

/// <summary>
/// One saved state: 8 bytes of format, 8 of serial, 8 of length, 4 of CRC-32C over all the rest, 4 of zeros, the state.
/// Numbers are little-endian.
/// </summary>
public static class StateRecord
{
    /// <summary>Bytes before the state.</summary>
    public const int HeaderBytes = 32;

    /// <summary>The longest state.</summary>
    public const int StateBytesMax = 1 << 20;

    private const int SerialAt = 8;
    private const int LengthAt = 16;
    private const int ChecksumAt = 24;

    // The last byte is the version.
    private static ReadOnlySpan<byte> Format => "SynodSt\u0001"u8;

    /// <summary>The bytes of a record.</summary>
    /// <param name="serial">Counts the saves, from 1.</param>
    /// <param name="state">The state, at most <see cref="StateBytesMax"/> bytes.</param>
    public static byte[] Write(ulong serial, ReadOnlySpan<byte> state)
    {
        var record = new byte[HeaderBytes + state.Length];
        Format.CopyTo(record);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(SerialAt), serial);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(LengthAt), (ulong)state.Length);
        state.CopyTo(record.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(ChecksumAt), Crc32C.Of(record));
        return record;
    }

    /// <summary>Judges the bytes of a file, and takes a whole record apart. Never throws.</summary>
    /// <param name="file">All of the file.</param>
    /// <param name="serial">The record's serial, if it is intact.</param>
    /// <param name="state">The state, if it is intact; shares the memory.</param>
    public static StateVerdict Read(ReadOnlyMemory<byte> file, out ulong serial, out ReadOnlyMemory<byte> state)
    {
        (serial, state) = (0, default);
        var bytes = file.Span;
        if (bytes.Length < HeaderBytes)
        {
            return StateVerdict.Truncated;
        }
        if (!bytes.StartsWith(Format))
        {
            return bytes.StartsWith(Format[..^1]) && bytes[SerialAt - 1] > Format[^1]
                ? StateVerdict.OtherFormat
                : StateVerdict.Damaged;
        }
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes[LengthAt..]);
        if (length > (ulong)(bytes.Length - HeaderBytes))
        {
            return StateVerdict.Truncated;
        }
        Span<byte> header = stackalloc byte[HeaderBytes];
        bytes[..HeaderBytes].CopyTo(header);
        header[ChecksumAt..(ChecksumAt + 4)].Clear();
        var checksum = Crc32C.Of(bytes[HeaderBytes..], Crc32C.Of(header));
        if (length < (ulong)(bytes.Length - HeaderBytes)
            || checksum != BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]))
        {
            return StateVerdict.Damaged;
        }
        serial = BinaryPrimitives.ReadUInt64LittleEndian(bytes[SerialAt..]);
        state = file[HeaderBytes..];
        return StateVerdict.Intact;
    }
}
