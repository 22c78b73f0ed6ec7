using System.Buffers.Binary;
using Synod.Paxos;

namespace Synod.Explorer;

/// <summary>
/// A network of unordered messages, each coded by its world in 48 bits. It knows every message that was ever sent,
/// and of each how many copies can still arrive.
/// </summary>
/// <remarks>
/// With <c>keepsCopies</c> a message can arrive again and again: that is duplication and any delay, and to lose a
/// message is never to choose its arrival, so that loss needs no step of its own. Without, each copy arrives at most
/// once.
/// </remarks>
/// <param name="keepsCopies">Whether an arrival leaves the copy in the network.</param>
public sealed class MessagePool(bool keepsCopies)
{
    /// <summary>Codes use the low 48 bits.</summary>
    public const int CodeBits = 48;
    private const int CopiesMax = 255;

    // Ascending by code; the copies lie above the code's bits.
    private ulong[] _entries = new ulong[32];

    /// <summary>How many different messages were ever sent.</summary>
    public int Count { get; private set; }

    /// <summary>The code of a message, in ascending order.</summary>
    public ulong this[int index] => _entries[index] & ((1UL << CodeBits) - 1);

    /// <summary>How many copies can still arrive.</summary>
    public int CopiesOf(int index) => (int)(_entries[index] >> CodeBits);

    /// <summary>Whether a message is there, with copies or without.</summary>
    public bool Has(ulong code)
    {
        var at = PlaceOf(code);
        return at < Count && this[at] == code;
    }

    /// <summary>Sends a message. False if that changes nothing: it was sent before and its copy stays.</summary>
    public bool Send(ulong code)
    {
        Check.That(code < 1UL << CodeBits);
        var at = PlaceOf(code);
        if (at < Count && this[at] == code)
        {
            if (keepsCopies)
            {
                return false;
            }
            AddCopies(at, 1);
            return true;
        }
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }
        _entries.AsSpan(at, Count - at).CopyTo(_entries.AsSpan(at + 1));
        _entries[at] = code | (1UL << CodeBits);
        Count++;
        return true;
    }

    /// <summary>One copy of a message arrives, and is gone unless copies are kept.</summary>
    public void Arrive(ulong code)
    {
        if (!keepsCopies)
        {
            AddCopies(IndexOf(code), -1);
        }
    }

    /// <summary>One copy of a message is lost.</summary>
    public void Lose(ulong code) => AddCopies(IndexOf(code), -1);

    /// <summary>One copy of a message becomes two.</summary>
    public void Duplicate(ulong code) => AddCopies(IndexOf(code), 1);

    /// <summary>
    /// Forgets a message. That is the same as to keep it exactly if its arrival changes nothing, now and ever after.
    /// </summary>
    public void ForgetAt(int index)
    {
        Check.That(index < Count);
        _entries.AsSpan(index + 1, Count - index - 1).CopyTo(_entries.AsSpan(index));
        Count--;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => Count = 0;

    /// <summary>Writes canonical bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.WriteNumber((ulong)Count);
        for (var i = 0; i < Count; i++)
        {
            WriteEntry(writer, _entries[i]);
        }
    }

    /// <summary>
    /// Writes canonical bytes as they would be if each message had the code that <paramref name="rename"/> gives.
    /// </summary>
    public void WriteRenamed(StateWriter writer, Func<ulong, ulong> rename)
    {
        Span<ulong> renamed = Count <= 128 ? stackalloc ulong[Count] : new ulong[Count];
        for (var i = 0; i < Count; i++)
        {
            renamed[i] = rename(this[i]) | ((ulong)CopiesOf(i) << CodeBits);
        }
        SortByCode(renamed);
        writer.WriteNumber((ulong)Count);
        foreach (var entry in renamed)
        {
            WriteEntry(writer, entry);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        Count = checked((int)reader.ReadNumber());
        if (_entries.Length < Count)
        {
            _entries = new ulong[Count * 2];
        }
        for (var i = 0; i < Count; i++)
        {
            _entries[i] = BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(sizeof(ulong)));
        }
    }

    /// <summary>By insertion: renaming moves a message only among those that differ in the renamed process.</summary>
    private static void SortByCode(Span<ulong> entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            var entry = entries[i];
            var at = i;
            while (at > 0 && entries[at - 1] << (64 - CodeBits) > entry << (64 - CodeBits))
            {
                entries[at] = entries[at - 1];
                at--;
            }
            entries[at] = entry;
        }
    }

    private static void WriteEntry(StateWriter writer, ulong entry) =>
        BinaryPrimitives.WriteUInt64LittleEndian(writer.Take(sizeof(ulong)), entry);

    private void AddCopies(int at, int change)
    {
        var copies = CopiesOf(at) + change;
        Check.That(copies is >= 0 and <= CopiesMax);
        _entries[at] = this[at] | ((ulong)copies << CodeBits);
    }

    private int IndexOf(ulong code)
    {
        var at = PlaceOf(code);
        Check.That(at < Count && this[at] == code);
        return at;
    }

    private int PlaceOf(ulong code)
    {
        var at = Count;
        while (at > 0 && this[at - 1] >= code)
        {
            at--;
        }
        return at;
    }
}
