namespace Synod.Client.Http2;

/// <summary>Takes decoded header fields; the spans live until the call returns.</summary>
internal interface IHeaderSink
{
    void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value);
}

/// <summary>
/// Decodes header blocks with static and dynamic table and Huffman strings. RFC 7541. One per connection: blocks must
/// come whole and in order. Allocates for fields that enter the dynamic table and for nothing else.
/// </summary>
internal sealed class HpackDecoder(int tableBytesLimit = HpackDecoder.TableBytesDefault)
{
    public const int TableBytesDefault = 4096;

    /// <summary>A longer name or value breaks the connection.</summary>
    public const int StringBytesMax = 16_384;

    private readonly HpackDynamicTable _table = new(tableBytesLimit);
    private readonly byte[] _name = new byte[StringBytesMax];
    private readonly byte[] _value = new byte[StringBytesMax];

    public HpackDynamicTable Table => _table;

    /// <summary>Decodes one whole block.</summary>
    /// <exception cref="Http2ProtocolException">The block is malformed; the table is then of no further
    /// use.</exception>
    public void Decode<TSink>(ReadOnlySpan<byte> block, ref TSink sink)
        where TSink : IHeaderSink
    {
        bool fieldSeen = false;
        while (!block.IsEmpty)
        {
            byte first = block[0];
            if (first >= 0x80)
            {
                // §6.1 indexed
                HeaderField field = Lookup(ReadInteger(ref block, 7));
                sink.Field(field.Name, field.Value);
            }
            else if (first >= 0x40)
            {
                // §6.2.1 literal with incremental indexing
                Literal(ref block, 6, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
                sink.Field(name, value);
                _table.Add(new HeaderField(name.ToArray(), value.ToArray()));
            }
            else if (first >= 0x20)
            {
                // §6.3 table size update, and §4.2: only at the start of a block
                if (fieldSeen)
                {
                    throw new Http2ProtocolException("a header table update behind a field");
                }
                _table.Resize(ReadInteger(ref block, 5));
                continue;
            }
            else
            {
                // §6.2.2, §6.2.3 literal without indexing, or never indexed
                Literal(ref block, 4, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
                sink.Field(name, value);
            }
            fieldSeen = true;
        }
    }

    /// <summary>Reads an integer with an N-bit prefix. RFC 7541, §5.1.</summary>
    internal static int ReadInteger(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        if (block.IsEmpty)
        {
            throw Truncated();
        }
        int mask = (1 << prefixBits) - 1;
        int value = block[0] & mask;
        block = block[1..];
        if (value < mask)
        {
            return value;
        }
        for (int shift = 0; shift <= 21; shift += 7)
        {
            if (block.IsEmpty)
            {
                throw Truncated();
            }
            byte octet = block[0];
            block = block[1..];
            value += (octet & 0x7f) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }
        throw new Http2ProtocolException("a header integer of more than 28 bits");
    }

    private void Literal(
        ref ReadOnlySpan<byte> block, int prefixBits, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int index = ReadInteger(ref block, prefixBits);
        name = index == 0 ? ReadString(ref block, _name) : Lookup(index).Name;
        value = ReadString(ref block, _value);
    }

    private static ReadOnlySpan<byte> ReadString(ref ReadOnlySpan<byte> block, byte[] scratch)
    {
        bool huffman = !block.IsEmpty && block[0] >= 0x80;
        int length = ReadInteger(ref block, 7);
        if (length > block.Length)
        {
            throw Truncated();
        }
        ReadOnlySpan<byte> raw = block[..length];
        block = block[length..];
        if (huffman)
        {
            return scratch.AsSpan(0, HuffmanCode.Decode(raw, scratch));
        }
        if (length > StringBytesMax)
        {
            throw new Http2ProtocolException($"a header string of {length} bytes; at most {StringBytesMax} are taken");
        }
        return raw;
    }

    private HeaderField Lookup(int index)
    {
        if (index >= 1 && index <= HpackStaticTable.Count)
        {
            return HpackStaticTable.Get(index);
        }
        int age = index - HpackStaticTable.Count - 1;
        if (age < 0 || age >= _table.Count)
        {
            throw new Http2ProtocolException($"no header field has index {index}");
        }
        return _table.Get(age);
    }

    private static Http2ProtocolException Truncated() => new("a header block ends inside a field");
}
