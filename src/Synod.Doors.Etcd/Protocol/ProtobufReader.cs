namespace Synod.Doors.Etcd.Protocol;

/// <summary>
/// Reads the fields of one protobuf message in the order in which they come, without making objects. Meant for the few
/// messages that come often; all others are read by generated code.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int VarintBytesMax = 10;
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>
    /// The field that was read: its number in the upper bits, its wire type in the lower three. A known number with
    /// another wire type is another field, as generated code has it.
    /// </summary>
    public uint Tag { get; private set; }

    /// <summary>Its value, if it is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, if it is bytes or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The message ended within a field, or holds what cannot be.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next field; false at the end and when malformed.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }
        if (!TryVarint(out var tag) || tag > uint.MaxValue || tag >> ProtobufTag.TypeBits == 0)
        {
            return Malformed();
        }
        Tag = (uint)tag;
        Bytes = default;
        Number = 0;
        switch ((WireType)(tag & ProtobufTag.TypeMask))
        {
            case WireType.Varint:
                if (!TryVarint(out var number))
                {
                    return Malformed();
                }
                Number = number;
                return true;
            case WireType.LengthDelimited:
                if (!TryVarint(out var length) || length > (ulong)_rest.Length)
                {
                    return Malformed();
                }
                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case WireType.Fixed64:
                return Skip(sizeof(ulong));
            case WireType.Fixed32:
                return Skip(sizeof(uint));
            default:
                return Malformed(); // Groups are older than this protocol.
        }
    }

    private bool Skip(int count)
    {
        if (_rest.Length < count)
        {
            return Malformed();
        }
        _rest = _rest[count..];
        return true;
    }

    private bool Malformed()
    {
        IsMalformed = true;
        return false;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < VarintBytesMax; i++)
        {
            if (i >= _rest.Length)
            {
                return false;
            }
            var b = _rest[i];
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}

/// <summary>Makes tags.</summary>
internal static class ProtobufTag
{
    /// <summary>How many bits of a tag hold the wire type.</summary>
    public const int TypeBits = 3;

    /// <summary>The bits of a tag that hold the wire type.</summary>
    public const uint TypeMask = (1 << TypeBits) - 1;

    /// <summary>Added to the field number shifted up: bytes follow.</summary>
    public const uint Bytes = (uint)WireType.LengthDelimited;

    /// <summary>Added to the field number shifted up: a number follows.</summary>
    public const uint Number = (uint)WireType.Varint;
}

/// <summary>How protobuf encodes a field.</summary>
internal enum WireType
{
    /// <summary>A number in groups of seven bits.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, then bytes.</summary>
    LengthDelimited = 2,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}
