using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// "My disk is full", or "it is not any more". Travels on the control lane under a first byte of its own. It is a word of
/// one member about itself and no decree: it gets through when no disk can take a decree, and it lapses by itself.
/// </summary>
internal static class AlarmPacket
{
    public const byte FirstByte = 5;

    public static void Write(ByteWriter writer, ulong clusterId, bool hasNoSpace)
    {
        writer.U8(FirstByte);
        writer.U64(clusterId);
        writer.U8(hasNoSpace ? (byte)1 : (byte)0);
    }

    public static bool IsOne(ReadOnlySpan<byte> packet) => packet.Length > 0 && packet[0] == FirstByte;

    public static bool TryRead(ReadOnlyMemory<byte> bytes, ulong clusterId, out bool hasNoSpace)
    {
        var r = new ByteReader(bytes);
        r.U8();
        var cluster = r.U64();
        hasNoSpace = r.Flag();
        return !r.IsBad && r.IsAtEnd && cluster == clusterId;
    }
}
