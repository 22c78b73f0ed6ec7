namespace Synod.Client.Http2;

/// <summary>HPACK's dynamic table: first in, first out, bounded in bytes. RFC 7541, §2.3.2 and §4.</summary>
internal sealed class HpackDynamicTable(int bytesLimit)
{
    // Newest at _head - 1; a ring that doubles when full.
    private HeaderField[] _ring = new HeaderField[16];
    private int _head;

    /// <summary>What this side announced: the peer may choose any size up to it.</summary>
    public int BytesLimit { get; } = bytesLimit;

    /// <summary>What the peer chose.</summary>
    public int BytesMax { get; private set; } = bytesLimit;

    public int Bytes { get; private set; }

    public int Count { get; private set; }

    /// <summary>The entry that was added <paramref name="age"/> entries ago; 0 is the newest.</summary>
    public HeaderField Get(int age) => _ring[(_head - 1 - age) & (_ring.Length - 1)];

    public void Resize(int bytesMax)
    {
        if (bytesMax > BytesLimit)
        {
            throw new Http2ProtocolException(
                $"a header table of {bytesMax} bytes; at most {BytesLimit} were announced");
        }
        BytesMax = bytesMax;
        Evict(bytesMax);
    }

    public void Add(HeaderField field)
    {
        // §4.4: an entry larger than the table empties it, and that is no error.
        if (field.TableBytes > BytesMax)
        {
            Evict(0);
            return;
        }
        Evict(BytesMax - field.TableBytes);
        if (Count == _ring.Length)
        {
            Grow();
        }
        _ring[_head] = field;
        _head = (_head + 1) & (_ring.Length - 1);
        Count++;
        Bytes += field.TableBytes;
    }

    private void Evict(int bytesMax)
    {
        while (Bytes > bytesMax)
        {
            Bytes -= Get(Count - 1).TableBytes;
            Count--;
        }
    }

    private void Grow()
    {
        HeaderField[] larger = new HeaderField[_ring.Length * 2];
        for (int age = 0; age < Count; age++)
        {
            larger[Count - 1 - age] = Get(age);
        }
        _head = Count;
        _ring = larger;
    }
}
