namespace Synod.Client.Http2;

/// <summary>
/// HPACK's Huffman code. RFC 7541, Appendix B lists codes and lengths; the code is canonical (shorter codes first, then
/// by symbol), so the lengths alone determine it.
/// </summary>
internal static class HuffmanCode
{
    private const int Symbols = 257;
    private const int EndOfString = 256;
    private const int LengthMax = 30;

    // Bits per symbol 0 to 256. RFC 7541, Appendix B.
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28,
        28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15,
        6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22,
        20,
        20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23,
        24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22,
        22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27,
        24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26,
        26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ];

    // Two entries per inner node of the code tree: a child node (positive) or the complement of a symbol (negative).
    private static readonly short[] Tree = BuildTree();

    /// <summary>Decodes into <paramref name="target"/> and returns the number of bytes.</summary>
    /// <exception cref="Http2ProtocolException">Not a valid encoding, or longer than the target.</exception>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> target)
    {
        int written = 0;
        int node = 0;
        int bitsSinceSymbol = 0;
        bool onlyOnes = true;
        foreach (byte octet in encoded)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                int one = (octet >> bit) & 1;
                int next = Tree[(node * 2) + one];
                bitsSinceSymbol++;
                onlyOnes &= one == 1;
                if (next >= 0)
                {
                    node = next;
                    continue;
                }
                int symbol = ~next;
                if (symbol == EndOfString)
                {
                    throw new Http2ProtocolException("an end-of-string symbol inside a Huffman string");
                }
                if (written == target.Length)
                {
                    throw new Http2ProtocolException($"a Huffman string of more than {target.Length} bytes");
                }
                target[written++] = (byte)symbol;
                node = 0;
                bitsSinceSymbol = 0;
                onlyOnes = true;
            }
        }
        // RFC 7541, §5.2: the rest is the start of end-of-string (ones), and shorter than a byte.
        if (bitsSinceSymbol > 7 || !onlyOnes)
        {
            throw new Http2ProtocolException("a Huffman string with wrong padding");
        }
        return written;
    }

    private static short[] BuildTree()
    {
        short[] tree = new short[(Symbols - 1) * 2];
        int nodes = 1;
        uint code = 0;
        for (int length = 1; length <= LengthMax; length++)
        {
            code <<= 1;
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                if (Lengths[symbol] == length)
                {
                    Insert(tree, ref nodes, code, length, symbol);
                    code++;
                }
            }
        }
        return tree;
    }

    private static void Insert(short[] tree, ref int nodes, uint code, int length, int symbol)
    {
        int node = 0;
        for (int bit = length - 1; bit > 0; bit--)
        {
            int at = (node * 2) + (int)((code >> bit) & 1);
            if (tree[at] == 0)
            {
                tree[at] = (short)nodes++;
            }
            node = tree[at];
        }
        tree[(node * 2) + (int)(code & 1)] = (short)~symbol;
    }
}
