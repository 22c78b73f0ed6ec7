namespace Synod.Transport.Handshakes;

/// <summary>
/// A guess, from a few bytes that arrived anyway, at what is talking to the port: it tells the operator where to
/// look.
/// </summary>
internal static class ForeignBytes
{
    private const byte TlsHandshakeRecord = 0x16;

    public static string Describe(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "nothing";
        }
        if (bytes[0] == TlsHandshakeRecord)
        {
            return "a TLS hello, and TLS is not spoken on this port";
        }
        if (StartsLikeOneOf(bytes, "GET ", "POST", "HEAD", "PUT ", "OPTI", "DELE", "CONN", "PRI "))
        {
            return "an HTTP request, so that a client seems to have been given the peer port";
        }
        return "bytes of no protocol that is spoken on this port";
    }

    private static bool StartsLikeOneOf(ReadOnlySpan<byte> bytes, params ReadOnlySpan<string> beginnings)
    {
        foreach (string beginning in beginnings)
        {
            int compared = Math.Min(bytes.Length, beginning.Length);
            bool isAlike = true;
            for (int index = 0; index < compared; index++)
            {
                isAlike &= bytes[index] == beginning[index];
            }
            if (isAlike)
            {
                return true;
            }
        }
        return false;
    }
}
