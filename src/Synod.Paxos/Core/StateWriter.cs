namespace Synod.Paxos;

/// <summary>
/// Writes a state as canonical bytes: equal states give equal bytes and different states different bytes, in every
/// process and on every machine. The explorer hashes these bytes, snapshots and traces keep them.
/// </summary>
/// <remarks>
/// Numbers are little-endian base 128 with the fewest bytes that hold them, so that the small numbers of small worlds
/// take one byte. The buffer grows when it must and is used again after <see cref="Clear"/>: nothing is allocated in
/// the steady state. Read back with <see cref="StateReader"/>, in the same order.
/// </remarks>
public sealed class StateWriter
{
    private const int NumberBytesMax = 10;
    private byte[] _buffer = new byte[256];

    /// <summary>
    /// For explorers of worlds with interchangeable members: the new place of each member, applied to every
    /// <see cref="MemberSet"/> that is written. Null, as always elsewhere: places stay.
    /// </summary>
    public IReadOnlyList<int>? NewPlaces { get; set; }

    /// <summary>How many bytes were written since the last <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Starts again with nothing written.</summary>
    public void Clear() => Length = 0;

    /// <summary>One byte as it is.</summary>
    public void WriteByte(byte value)
    {
        if (Length == _buffer.Length)
        {
            Grow(1);
        }
        _buffer[Length++] = value;
    }

    /// <summary>One byte, 0 or 1.</summary>
    public void Write(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>A number, 1 to 10 bytes.</summary>
    public void WriteNumber(ulong value)
    {
        if (_buffer.Length - Length < NumberBytesMax)
        {
            Grow(NumberBytesMax);
        }
        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[Length++] = (byte)value;
    }

    /// <summary>A node's number.</summary>
    public void Write(NodeId node) => WriteNumber(node.Number);

    /// <summary>A slot's number.</summary>
    public void Write(Slot slot) => WriteNumber(slot.Number);

    /// <summary>A set of members, a bit for each place; renamed by <see cref="NewPlaces"/> if that is set.</summary>
    public void Write(MemberSet set) => WriteNumber(NewPlaces is null ? set.Bits : Rename(set).Bits);

    /// <summary>A ballot: its round, then node and incarnation unless it is <see cref="Ballot.None"/>.</summary>
    /// <exception cref="InvariantViolatedException">A round of 0 with a node or an incarnation.</exception>
    public void Write(Ballot ballot)
    {
        // A second way to write "no ballot" would make two byte strings of one state.
        Check.That(!ballot.IsNone || ballot == Ballot.None);
        WriteNumber(ballot.Round);
        if (!ballot.IsNone)
        {
            Write(ballot.Node);
            WriteNumber(ballot.Incarnation);
        }
    }

    /// <summary>Length and bytes of a value.</summary>
    public void Write(Value value) => WriteBytes(value.Span);

    /// <summary>Whether there is a value, then the value: "none" and "empty" stay different.</summary>
    public void Write(Value? value)
    {
        Write(value.HasValue);
        if (value is { } some)
        {
            Write(some);
        }
    }

    /// <summary>The length as a number, then the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteNumber((ulong)bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
    }

    /// <summary>Room for so many bytes without a length before them, to be filled by the caller at once.</summary>
    public Span<byte> Take(int length)
    {
        if (_buffer.Length - Length < length)
        {
            Grow(length);
        }
        Length += length;
        return _buffer.AsSpan(Length - length, length);
    }

    private MemberSet Rename(MemberSet set)
    {
        var renamed = MemberSet.Empty;
        for (var place = 0; place < NewPlaces!.Count; place++)
        {
            if (set.Contains(place))
            {
                renamed = renamed.With(NewPlaces[place]);
            }
        }
        return renamed;
    }

    private void Grow(int bytesNeeded) =>
        Array.Resize(ref _buffer, Math.Max(checked(_buffer.Length * 2), checked(Length + bytesNeeded)));
}
