using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Wire;

namespace Synod.Simulation;

/// <summary>A packet taken apart, so that a planted bug can change a message of it.</summary>
internal sealed class PacketParts
{
    private readonly byte[] _header;

    private PacketParts(byte[] header) => _header = header;

    public List<(MessageKind Kind, byte[] Body)> Messages { get; } = [];

    /// <summary>Null for what is not a packet of the replica.</summary>
    public static PacketParts? TryRead(byte[] frame)
    {
        if (frame.Length < PacketHeader.Length || frame[0] != PacketHeader.FormatVersion)
        {
            return null;
        }
        var parts = new PacketParts(frame[..PacketHeader.Length]);
        PacketText.ForEach(frame, (kind, body) => parts.Messages.Add((kind, body.ToArray())));
        return parts;
    }

    /// <summary>Changes every message of a kind, as far as the change wants to; null removes it.</summary>
    public static byte[] Change(byte[] frame, MessageKind kind, Func<byte[], byte[]?> change)
    {
        if (TryRead(frame) is not { } parts)
        {
            return frame;
        }
        for (var i = parts.Messages.Count - 1; i >= 0; i--)
        {
            if (parts.Messages[i].Kind != kind)
            {
                continue;
            }
            if (change(parts.Messages[i].Body) is { } changed)
            {
                parts.Messages[i] = (kind, changed);
            }
            else
            {
                parts.Messages.RemoveAt(i);
            }
        }
        return parts.Write();
    }

    /// <summary>A packet with one message.</summary>
    public static byte[] One(MessageKind kind, Action<ByteWriter> write)
    {
        var header = new ByteWriter(64);
        new PacketHeader(0, 1, 1).Write(header);
        var parts = new PacketParts(header.Span.ToArray());
        var body = new ByteWriter(64);
        write(body);
        parts.Messages.Add((kind, body.Span.ToArray()));
        return parts.Write();
    }

    public byte[] Write()
    {
        var writer = new ByteWriter(256);
        foreach (var b in _header)
        {
            writer.U8(b);
        }
        foreach (var (kind, body) in Messages)
        {
            writer.U8((byte)kind);
            writer.Bytes(body);
        }
        return writer.Span.ToArray();
    }
}
