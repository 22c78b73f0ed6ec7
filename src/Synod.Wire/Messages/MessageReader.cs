using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Wire;

/// <summary>One message from bytes into the replica's step for its kind.</summary>
internal static class MessageReader
{
    /// <summary>False if the body is malformed; an unknown kind is passed over.</summary>
    public static bool TryDeliver(
        MessageKind kind, ReadOnlyMemory<byte> body, in Sender from, Instant now, Replica replica, ReplicaOutput output)
    {
        var r = new ByteReader(body);
        switch (kind)
        {
            case MessageKind.Accept:
                return TryAccept(ref r, from, now, replica, output);
            case MessageKind.Accepted:
                return TryAccepted(ref r, from, now, replica, output);
            case MessageKind.Chosen:
                var chosen = new Chosen(r.Ballot(), r.Slot());
                if (IsWhole(r))
                {
                    replica.Step(now, from, chosen, output);
                    return true;
                }
                return false;
            case MessageKind.Learn:
                var learnedSlot = r.Slot();
                var endsAnswer = r.Flag();
                var learn = new Learn(learnedSlot, r.Decree(), endsAnswer);
                if (IsWhole(r))
                {
                    replica.Step(now, from, learn, output);
                    return true;
                }
                return false;
            case MessageKind.Forward:
                var forward = new Forward(r.Value());
                if (IsWhole(r))
                {
                    replica.Step(now, from, forward, output);
                    return true;
                }
                return false;
            case MessageKind.Heartbeat:
                return TryHeartbeat(ref r, from, now, replica, output);
            case MessageKind.Prepare or MessageKind.Promise or MessageKind.Nack or MessageKind.CatchUp:
                return TryRare(kind, ref r, from, now, replica, output);
            case MessageKind.Confirm or MessageKind.Confirmed or MessageKind.ReadIndex or MessageKind.ReadIndexed:
                return TryRead(kind, ref r, from, now, replica, output);
            case MessageKind.HandOver:
                var handOver = new HandOver(r.Ballot());
                if (!IsWhole(r))
                {
                    return false;
                }
                replica.Step(now, from, handOver, output);
                return true;
            default:
                return true;
        }
    }

    private static bool TryAccept(
        ref ByteReader r, in Sender from, Instant now, Replica replica, ReplicaOutput output)
    {
        var ballot = r.Ballot();
        var slot = r.Slot();
        var chosenUpTo = r.Slot();
        var decree = r.Decree();
        if (!IsWhole(r) || slot == Slot.Zero)
        {
            return false;
        }
        replica.Step(now, from, new Accept(ballot, slot, decree, chosenUpTo), output);
        return true;
    }

    private static bool TryAccepted(
        ref ByteReader r, in Sender from, Instant now, Replica replica, ReplicaOutput output)
    {
        var accepted = new Accepted(r.Ballot(), r.Slot(), r.Slot());
        if (!IsWhole(r) || accepted.First > accepted.Last)
        {
            return false;
        }
        replica.Step(now, from, accepted, output);
        return true;
    }

    private static bool TryHeartbeat(
        ref ByteReader r, in Sender from, Instant now, Replica replica, ReplicaOutput output)
    {
        var sentAt = r.I64();
        var echo = r.I64();
        var echoDelay = r.I64();
        var promised = r.Ballot();
        var leader = r.Ballot();
        var flags = r.U8();
        var chosenUpTo = r.Slot();
        if (!IsWhole(r) || echoDelay < 0 || echo < 0)
        {
            return false;
        }
        replica.Step(now, from, new Heartbeat(
            sentAt, echo, echoDelay, promised, leader, (flags & 1) != 0, (flags & 2) != 0, chosenUpTo), output);
        return true;
    }

    private static bool TryRare(
        MessageKind kind, ref ByteReader r, in Sender from, Instant now, Replica replica, ReplicaOutput output)
    {
        switch (kind)
        {
            case MessageKind.Prepare:
                var prepare = new Prepare(r.Ballot(), r.Slot());
                if (!IsWhole(r))
                {
                    return false;
                }
                replica.Step(now, from, prepare, output);
                return true;
            case MessageKind.Promise:
                if (!TryReadPromise(ref r, out var promise))
                {
                    return false;
                }
                replica.Step(now, from, promise, output);
                return true;
            case MessageKind.Nack:
                var nack = new Nack(r.Ballot(), r.Ballot());
                if (!IsWhole(r))
                {
                    return false;
                }
                replica.Step(now, from, nack, output);
                return true;
            default:
                var catchUp = new CatchUp(r.Slot(), r.Slot());
                if (!IsWhole(r))
                {
                    return false;
                }
                replica.Step(now, from, catchUp, output);
                return true;
        }
    }

    private static bool TryReadPromise(ref ByteReader r, out Promise promise)
    {
        var ballot = r.Ballot();
        var from = r.Slot();
        var through = r.Slot();
        var last = r.Flag();
        var chosenUpTo = r.Slot();
        var count = r.U32();
        promise = default;
        if (r.IsBad || count > MessageCodec.PromiseEntriesMax)
        {
            return false;
        }
        var entries = new List<AcceptedEntry>();
        for (var i = 0; i < count && !r.IsBad; i++)
        {
            var slot = r.Slot();
            var accepted = r.Ballot();
            var chosen = r.Flag();
            entries.Add(new AcceptedEntry(slot, accepted, r.Decree(), chosen));
        }
        promise = new Promise(ballot, from, through, last, chosenUpTo, entries);
        return IsWhole(r);
    }

    private static bool TryRead(
        MessageKind kind, ref ByteReader r, in Sender from, Instant now, Replica replica, ReplicaOutput output)
    {
        switch (kind)
        {
            case MessageKind.Confirm:
                var confirm = new Confirm(r.Ballot(), r.U64());
                if (!IsWhole(r))
                {
                    return false;
                }
                replica.Step(now, from, confirm, output);
                return true;
            case MessageKind.Confirmed:
                var confirmed = new Confirmed(r.Ballot(), r.U64());
                if (!IsWhole(r))
                {
                    return false;
                }
                replica.Step(now, from, confirmed, output);
                return true;
            case MessageKind.ReadIndex:
                var question = new ReadIndex(r.U64(), r.Ballot(), new NodeId(r.U32()));
                if (!IsWhole(r))
                {
                    return false;
                }
                replica.Step(now, from, question, output);
                return true;
            default:
                var answer = new ReadIndexed(r.U64(), r.Slot(), new NodeId(r.U32()));
                if (!IsWhole(r))
                {
                    return false;
                }
                replica.Step(now, from, answer, output);
                return true;
        }
    }

    private static bool IsWhole(in ByteReader r) => !r.IsBad && r.IsAtEnd;
}
