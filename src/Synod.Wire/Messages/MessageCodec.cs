using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Wire;

/// <summary>
/// Messages of the log to bytes and back: kind, length of the rest, fields. The length lets an older node pass over a
/// kind that it does not know.
/// </summary>
public static class MessageCodec
{
    /// <summary>The most entries in one page of a promise; more is nonsense.</summary>
    public const int PromiseEntriesMax = 1 << 20;

    /// <summary>Writes the message that <paramref name="outgoing"/> points at.</summary>
    public static void Write(ByteWriter writer, ReplicaOutput output, in Outgoing outgoing)
    {
        writer.U8((byte)outgoing.Kind);
        var lengthAt = writer.Length;
        writer.U32(0);
        WriteFields(writer, output, outgoing);
        writer.PatchU32(lengthAt, (uint)(writer.Length - lengthAt - 4));
    }

    private static void WriteFields(ByteWriter w, ReplicaOutput output, in Outgoing outgoing)
    {
        var i = outgoing.Index;
        switch (outgoing.Kind)
        {
            case MessageKind.Prepare:
                w.Ballot(output.Prepares[i].Ballot);
                w.Slot(output.Prepares[i].From);
                break;
            case MessageKind.Promise:
                WritePromise(w, output.Promises[i]);
                break;
            case MessageKind.Nack:
                w.Ballot(output.Nacks[i].Asked);
                w.Ballot(output.Nacks[i].Promised);
                break;
            case MessageKind.Accept:
                var accept = output.Accepts[i];
                w.Ballot(accept.Ballot);
                w.Slot(accept.Slot);
                w.Slot(accept.ChosenUpTo);
                w.Decree(accept.Decree);
                break;
            case MessageKind.Accepted:
                w.Ballot(output.Accepteds[i].Ballot);
                w.Slot(output.Accepteds[i].First);
                w.Slot(output.Accepteds[i].Last);
                break;
            case MessageKind.Chosen:
                w.Ballot(output.Chosens[i].Ballot);
                w.Slot(output.Chosens[i].UpTo);
                break;
            case MessageKind.Heartbeat:
                WriteHeartbeat(w, output.Heartbeats[i]);
                break;
            case MessageKind.CatchUp:
                w.Slot(output.CatchUps[i].First);
                w.Slot(output.CatchUps[i].Last);
                break;
            case MessageKind.Learn:
                w.Slot(output.Learns[i].Slot);
                w.U8(output.Learns[i].EndsAnswer ? (byte)1 : (byte)0);
                w.Decree(output.Learns[i].Decree);
                break;
            case MessageKind.Confirm:
                w.Ballot(output.Confirms[i].Ballot);
                w.U64(output.Confirms[i].Round);
                break;
            case MessageKind.Confirmed:
                w.Ballot(output.Confirmeds[i].Ballot);
                w.U64(output.Confirmeds[i].Round);
                break;
            case MessageKind.ReadIndex:
                w.U64(output.ReadIndexes[i].Request);
                w.Ballot(output.ReadIndexes[i].Ballot);
                w.U32(output.ReadIndexes[i].Asker.Number);
                break;
            case MessageKind.ReadIndexed:
                w.U64(output.ReadIndexeds[i].Request);
                w.Slot(output.ReadIndexeds[i].Index);
                w.U32(output.ReadIndexeds[i].Asker.Number);
                break;
            case MessageKind.Forward:
                w.Bytes(output.Forwards[i].Command.Span);
                break;
            case MessageKind.HandOver:
                w.Ballot(output.HandOvers[i].Ballot);
                break;
            default:
                Check.Fail($"message kind {outgoing.Kind}");
                break;
        }
    }

    private static void WritePromise(ByteWriter w, in Promise promise)
    {
        w.Ballot(promise.Ballot);
        w.Slot(promise.From);
        w.Slot(promise.Through);
        w.U8(promise.Last ? (byte)1 : (byte)0);
        w.Slot(promise.ChosenUpTo);
        w.U32((uint)promise.Entries.Count);
        foreach (var entry in promise.Entries)
        {
            w.Slot(entry.Slot);
            w.Ballot(entry.Ballot);
            w.U8(entry.Chosen ? (byte)1 : (byte)0);
            w.Decree(entry.Decree);
        }
    }

    private static void WriteHeartbeat(ByteWriter w, in Heartbeat heartbeat)
    {
        w.I64(heartbeat.SentAt);
        w.I64(heartbeat.Echo);
        w.I64(heartbeat.EchoDelay);
        w.Ballot(heartbeat.Promised);
        w.Ballot(heartbeat.Leader);
        w.U8((byte)((heartbeat.QuorumConnected ? 1 : 0) | (heartbeat.Electable ? 2 : 0)));
        w.Slot(heartbeat.ChosenUpTo);
    }

    /// <summary>Hands every message of a packet to the replica.</summary>
    /// <param name="packet">Header and messages; kept alive by the values within.</param>
    /// <param name="from">The sender's node, as the connection proved it.</param>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="replica">Takes the steps.</param>
    /// <param name="output">The turn's output.</param>
    /// <returns>False if the packet is malformed; messages before the malformed one were taken.</returns>
    public static bool TryDeliver(
        ReadOnlyMemory<byte> packet, NodeId from, Instant now, Replica replica, ReplicaOutput output)
    {
        var reader = new ByteReader(packet);
        var header = PacketHeader.Read(ref reader);
        var sender = new Sender(from, header.Incarnation, header.Configuration);
        while (!reader.IsAtEnd)
        {
            var kind = (MessageKind)reader.U8();
            var body = reader.Bytes();
            if (reader.IsBad || !MessageReader.TryDeliver(kind, body, sender, now, replica, output))
            {
                return false;
            }
        }
        return !reader.IsBad;
    }
}
