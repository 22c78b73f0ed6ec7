using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Wire;

namespace Synod.Simulation;

/// <summary>A packet as a line for people, and its messages one by one for judges.</summary>
internal static class PacketText
{
    /// <summary>Which messages, with what matters of them.</summary>
    public static string Of(ReadOnlyMemory<byte> frame)
    {
        if (frame.Length < PacketHeader.Length || frame.Span[0] != PacketHeader.FormatVersion)
        {
            return $"membership, {frame.Length} bytes";
        }
        var words = new List<string>();
        ForEach(frame, (kind, body) => words.Add(Describe(kind, body)));
        return string.Join("; ", words);
    }

    /// <summary>Hands out every message of a packet of the replica: kind and body.</summary>
    public static void ForEach(ReadOnlyMemory<byte> frame, Action<MessageKind, ReadOnlyMemory<byte>> take)
    {
        if (frame.Length < PacketHeader.Length || frame.Span[0] != PacketHeader.FormatVersion)
        {
            return;
        }
        var reader = new ByteReader(frame);
        PacketHeader.Read(ref reader);
        while (!reader.IsAtEnd)
        {
            var kind = (MessageKind)reader.U8();
            var body = reader.Bytes();
            if (!reader.IsBad)
            {
                take(kind, body);
            }
        }
    }

    private static string Describe(MessageKind kind, ReadOnlyMemory<byte> body)
    {
        var r = new ByteReader(body);
        switch (kind)
        {
            case MessageKind.Prepare:
                return $"Prepare {r.Ballot()} from {r.Slot()}";
            case MessageKind.Promise:
                return $"Promise {r.Ballot()} {r.Slot()}..{r.Slot()} last {r.U8()} chosen {r.Slot()} entries {r.U32()}";
            case MessageKind.Nack:
                return $"Nack {r.Ballot()} by {r.Ballot()}";
            case MessageKind.Accept:
                return $"Accept {r.Ballot()} [{r.Slot()}] chosen {r.Slot()} {r.Decree().Kind}";
            case MessageKind.Accepted:
                return $"Accepted {r.Ballot()} [{r.Slot()}..{r.Slot()}]";
            case MessageKind.Chosen:
                return $"Chosen {r.Ballot()} {r.Slot()}";
            case MessageKind.Heartbeat:
                r.I64();
                r.I64();
                r.I64();
                return $"Heartbeat promised {r.Ballot()} leader {r.Ballot()} flags {r.U8()} chosen {r.Slot()}";
            case MessageKind.CatchUp:
                return $"CatchUp {r.Slot()}..{r.Slot()}";
            case MessageKind.Learn:
                return $"Learn [{r.Slot()}]";
            case MessageKind.Confirm or MessageKind.Confirmed:
                return $"{kind} {r.Ballot()} round {r.U64()}";
            case MessageKind.ReadIndex:
                return $"ReadIndex {r.U64():x} {r.Ballot()}";
            case MessageKind.ReadIndexed:
                return $"ReadIndexed {r.U64():x} {r.Slot()}";
            default:
                return $"{kind} {body.Length} bytes";
        }
    }
}
