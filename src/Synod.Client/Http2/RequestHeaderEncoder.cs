using System.Text;

namespace Synod.Client.Http2;

/// <summary>
/// Header blocks of gRPC requests. The first request of a path puts its fields into the server's table, so that every
/// later one is a few index bytes, as with every real gRPC client; the block of a path is then constant and is kept.
/// </summary>
internal sealed class RequestHeaderEncoder
{
    private readonly List<(string Name, string Value)> _inserted = [];
    private readonly Dictionary<string, byte[]> _settled = [];
    private readonly string _authority;
    private readonly bool _indexing;
    private bool _tableSizeTold;

    /// <param name="authority">Host and port.</param>
    /// <param name="peerTableBytes">The header table that the server offers; a smaller one than usual is not used at
    /// all.</param>
    public RequestHeaderEncoder(string authority, int peerTableBytes)
    {
        _authority = authority;
        _indexing = peerTableBytes >= HpackDecoder.TableBytesDefault;
    }

    /// <summary>The block for a POST to the path. The caller sends each returned block once, in order.</summary>
    public byte[] Encode(string path)
    {
        if (_settled.TryGetValue(path, out byte[]? known))
        {
            return known;
        }
        int insertedBefore = _inserted.Count;
        var block = new MemoryStream();
        bool plain = _indexing || _tableSizeTold;
        if (!plain)
        {
            // RFC 7541, §4.2: after the server shrank the table the next block must say so.
            block.WriteByte(0x20);
            _tableSizeTold = true;
        }
        block.WriteByte(0x80 | HpackStaticTable.MethodPost);
        block.WriteByte(0x80 | HpackStaticTable.SchemeHttp);
        Field(block, HpackStaticTable.Path, ":path", path);
        Field(block, HpackStaticTable.Authority, ":authority", _authority);
        Field(block, HpackStaticTable.ContentType, "content-type", "application/grpc");
        Field(block, HpackStaticTable.UserAgent, "user-agent", "synod-bench");
        Field(block, 0, "te", "trailers");
        byte[] bytes = block.ToArray();
        if (_inserted.Count != insertedBefore)
        {
            // Every index known so far has moved.
            _settled.Clear();
        }
        else if (plain)
        {
            _settled.Add(path, bytes);
        }
        return bytes;
    }

    private void Field(MemoryStream block, int nameIndex, string name, string value)
    {
        int at = _inserted.IndexOf((name, value));
        if (at >= 0)
        {
            WriteInteger(block, 0x80, 7, HpackStaticTable.Count + _inserted.Count - at);
            return;
        }
        WriteInteger(block, _indexing ? (byte)0x40 : (byte)0, _indexing ? 6 : 4, nameIndex);
        if (nameIndex == 0)
        {
            WriteString(block, name);
        }
        WriteString(block, value);
        if (_indexing)
        {
            _inserted.Add((name, value));
        }
    }

    private static void WriteString(MemoryStream block, string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        WriteInteger(block, 0, 7, bytes.Length);
        block.Write(bytes);
    }

    // RFC 7541, §5.1
    private static void WriteInteger(MemoryStream block, byte pattern, int prefixBits, int value)
    {
        int mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            block.WriteByte((byte)(pattern | value));
            return;
        }
        block.WriteByte((byte)(pattern | mask));
        value -= mask;
        while (value >= 0x80)
        {
            block.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }
        block.WriteByte((byte)value);
    }
}
