namespace Synod.Paxos;

/// <summary>
/// Reads back what a <see cref="StateWriter"/> wrote, in the same order. Accepts exactly one spelling of each state:
/// bytes that are cut short, too long or not canonical are an <see cref="InvariantViolatedException"/>, because nobody
/// but this process (or a record whose checksum was right) can have written them.
/// </summary>
/// <remarks>Values that are read share the memory they are read from: it must never be written again.</remarks>
/// <param name="bytes">The whole state.</param>
public ref struct StateReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> _bytes = bytes;
    private readonly ReadOnlySpan<byte> _span = bytes.Span;
    private int _position;

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => _position;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _position == _span.Length;

    /// <summary>One byte; there must be one.</summary>
    public byte ReadByte()
    {
        Check.That(_position < _span.Length);
        return _span[_position++];
    }

    /// <summary>One byte, 0 or 1.</summary>
    public bool ReadBool()
    {
        var value = ReadByte();
        Check.That(value <= 1);
        return value == 1;
    }

    /// <summary>A number in its shortest form, 1 to 10 bytes.</summary>
    public ulong ReadNumber()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = ReadByte();
            // The tenth byte holds the one bit that is left of 64.
            Check.That(shift < 63 || next <= 1);
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                // A last byte of 0 would be a longer spelling of the same number.
                Check.That(next != 0 || shift == 0);
                return value;
            }
        }
    }

    /// <summary>A number that must fit in 32 bits.</summary>
    public uint ReadUInt32()
    {
        var value = ReadNumber();
        Check.That(value <= uint.MaxValue);
        return (uint)value;
    }

    /// <summary>A node's number.</summary>
    public NodeId ReadNodeId() => new(ReadUInt32());

    /// <summary>A slot's number.</summary>
    public Slot ReadSlot() => new(ReadNumber());

    /// <summary>A set of members, a bit for each place.</summary>
    public MemberSet ReadMemberSet() => new(ReadUInt32());

    /// <summary>A ballot: its round, then node and incarnation unless the round is 0, which is
    /// <see cref="Ballot.None"/>.</summary>
    public Ballot ReadBallot()
    {
        var round = ReadNumber();
        return round == 0 ? Ballot.None : new Ballot(round, ReadNodeId(), ReadUInt32());
    }

    /// <summary>A value; shares the memory.</summary>
    public Value ReadValue() => new(ReadBytes());

    /// <summary>Whether there is a value, then the value, sharing the memory; null is not an empty value.</summary>
    public Value? ReadOptionalValue() => ReadBool() ? ReadValue() : null;

    /// <summary>Length and bytes; shares the memory.</summary>
    public ReadOnlyMemory<byte> ReadBytes()
    {
        var length = ReadNumber();
        Check.That(length <= (ulong)(_span.Length - _position));
        var bytes = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>So many bytes without a length before them.</summary>
    public ReadOnlySpan<byte> Take(int length)
    {
        Check.That(length >= 0 && length <= _span.Length - _position);
        _position += length;
        return _span.Slice(_position - length, length);
    }
}
