namespace Synod.Client.Http2;

/// <summary>Cuts frames from received bytes. Holds nothing and copies nothing.</summary>
internal static class FrameReader
{
    /// <summary>The frame size that every peer may send before it was told otherwise. RFC 9113, §4.2.</summary>
    public const int FrameBytesMax = 16_384;

    /// <summary>
    /// Takes the next whole frame off the front of <paramref name="received"/>; false where it is not there yet.
    /// </summary>
    /// <exception cref="Http2ProtocolException">The frame is longer than this client allows.</exception>
    public static bool TryTake(ref ReadOnlySpan<byte> received, out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (received.Length < FrameHeader.Bytes)
        {
            return false;
        }
        header = FrameHeader.Read(received);
        if (header.Length > FrameBytesMax)
        {
            throw new Http2ProtocolException($"a frame of {header.Length} bytes; at most {FrameBytesMax} were allowed");
        }
        if (received.Length - FrameHeader.Bytes < header.Length)
        {
            return false;
        }
        payload = received.Slice(FrameHeader.Bytes, header.Length);
        received = received[(FrameHeader.Bytes + header.Length)..];
        return true;
    }

    /// <summary>The content of a DATA or HEADERS frame: without padding and without priority fields. RFC 9113, §6.1,
    /// §6.2.</summary>
    /// <exception cref="Http2ProtocolException">Padding or priority do not fit into the frame.</exception>
    public static ReadOnlySpan<byte> Content(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        int padding = 0;
        if (header.Has(FrameFlags.Padded))
        {
            if (payload.IsEmpty)
            {
                throw new Http2ProtocolException("a padded frame without a padding length");
            }
            padding = payload[0];
            payload = payload[1..];
        }
        if (header.Type == FrameType.Headers && header.Has(FrameFlags.Priority))
        {
            const int PriorityBytes = 5;
            if (payload.Length < PriorityBytes)
            {
                throw new Http2ProtocolException("a HEADERS frame too short for its priority");
            }
            payload = payload[PriorityBytes..];
        }
        if (padding > payload.Length)
        {
            throw new Http2ProtocolException("more padding than frame");
        }
        return payload[..^padding];
    }
}
