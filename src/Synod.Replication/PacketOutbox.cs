using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Replication;

/// <summary>
/// Turns one turn's messages into packets: one per peer and lane that leaves at once, and one that waits until the
/// records of the turn are durable. Buffers are pooled; a steady state allocates nothing.
/// </summary>
internal sealed class PacketOutbox(IPeers peers, PacketHeader header)
{
    private readonly record struct Held(ulong After, NodeId To, PeerLane Lane, ByteWriter Packet);

    private sealed class Pending(NodeId to, PeerLane lane)
    {
        public readonly NodeId To = to;
        public readonly PeerLane Lane = lane;
        public ByteWriter? Now;
        public ByteWriter? Later;
        public ulong After;
    }

    private readonly List<Pending> _pending = [];
    private readonly Queue<Held> _held = new();
    private readonly Stack<ByteWriter> _pool = new();
    private long _heldBytes;

    /// <summary>Packets that wait for the disk.</summary>
    public int HeldPackets => _held.Count;

    /// <summary>Packets that the network did not take, or that were too many to wait for the disk.</summary>
    public long Dropped { get; private set; }

    /// <summary>Takes the messages of a turn.</summary>
    public void Add(ReplicaOutput output, ulong persistedUpTo)
    {
        foreach (var outgoing in output.Outgoing)
        {
            var pending = For(outgoing.To, LaneOf(outgoing.Kind));
            if (outgoing.AfterRecord > persistedUpTo)
            {
                pending.Later ??= Rent();
                pending.After = Math.Max(pending.After, outgoing.AfterRecord);
                MessageCodec.Write(pending.Later, output, outgoing);
                HoldIfLarge(pending);
            }
            else
            {
                pending.Now ??= Rent();
                MessageCodec.Write(pending.Now, output, outgoing);
                if (pending.Now.Length >= PacketBytesMax)
                {
                    SendNow(pending);
                }
            }
        }
    }

    /// <summary>Ends the turn: sends what may leave, keeps the rest.</summary>
    public void Flush()
    {
        foreach (var pending in _pending)
        {
            SendNow(pending);
            Hold(pending);
        }
    }

    /// <summary>The journal holds everything up to <paramref name="record"/>: what waited for it leaves.</summary>
    public void Release(ulong record)
    {
        while (_held.TryPeek(out var held) && held.After <= record)
        {
            _held.Dequeue();
            _heldBytes -= held.Packet.Length;
            Send(held.To, held.Lane, held.Packet);
        }
    }

    private static PeerLane LaneOf(MessageKind kind) => kind switch
    {
        MessageKind.Accept or MessageKind.Accepted or MessageKind.Chosen or MessageKind.Forward
            or MessageKind.Promise => PeerLane.Data,
        MessageKind.Learn => PeerLane.Bulk,
        _ => PeerLane.Control,
    };

    private Pending For(NodeId to, PeerLane lane)
    {
        foreach (var pending in _pending)
        {
            if (pending.To == to && pending.Lane == lane)
            {
                return pending;
            }
        }
        var added = new Pending(to, lane);
        _pending.Add(added);
        return added;
    }

    private void SendNow(Pending pending)
    {
        if (pending.Now is { } packet)
        {
            pending.Now = null;
            Send(pending.To, pending.Lane, packet);
        }
    }

    private void HoldIfLarge(Pending pending)
    {
        if (pending.Later!.Length >= PacketBytesMax)
        {
            Hold(pending);
        }
    }

    private void Hold(Pending pending)
    {
        if (pending.Later is { } packet)
        {
            if (_held.Count >= HeldPacketsMax || (_held.Count > 0 && _heldBytes + packet.Length > HeldBytesMax))
            {
                // The disk stalls, and peers ask again and again: a message too many is a lost one, and will be sent again.
                Dropped++;
                GiveBack(packet);
            }
            else
            {
                _held.Enqueue(new Held(pending.After, pending.To, pending.Lane, packet));
                _heldBytes += packet.Length;
            }
            pending.Later = null;
            pending.After = 0;
        }
    }

    private void Send(NodeId to, PeerLane lane, ByteWriter packet)
    {
        if (!peers.TrySend(to, lane, packet.Span))
        {
            Dropped++;
        }
        GiveBack(packet);
    }

    private void GiveBack(ByteWriter packet)
    {
        if (_pool.Count < PoolMax)
        {
            _pool.Push(packet);
        }
    }

    private ByteWriter Rent()
    {
        var packet = _pool.Count > 0 ? _pool.Pop() : new ByteWriter();
        packet.Clear();
        header.Write(packet);
        return packet;
    }

    /// <summary>Packets that wait for the disk at a time.</summary>
    public const int HeldPacketsMax = 4096;

    /// <summary>Bytes of packets that wait for the disk at a time; one alone may exceed it.</summary>
    public const long HeldBytesMax = 32L << 20;

    private const int PacketBytesMax = 1 << 20;
    private const int PoolMax = 64;
}
