namespace Synod.Paxos.Multi;

internal sealed partial class Connectivity
{
    /// <summary>
    /// Writes canonical bytes. What a peer's clock showed is that peer's own and means nothing here: it goes back to the peer
    /// as it came. Round trips are for an operator and not part of the state.
    /// </summary>
    public void Write(StateWriter writer)
    {
        writer.Write(Leader);
        writer.Write(Electable);
        writer.WriteUntil(_nextHeartbeat, context.Now);
        writer.Write(_lastSent.Leader);
        WriteFlags(writer, _lastSent);
        foreach (ref readonly var peer in _peers.AsSpan())
        {
            writer.WriteByte((byte)(
                (peer.IsKnown ? 1 : 0) | (peer.HasEchoed ? 2 : 0) | (peer.IsDisbelieved ? 4 : 0)));
            if (peer.IsKnown)
            {
                writer.WriteSince(peer.Heard, context.Now, RelativeFields.Uncapped);
                writer.WriteNumber((ulong)peer.Last.SentAt);
                writer.Write(peer.Last.Promised);
                writer.Write(peer.Last.Leader);
                WriteFlags(writer, peer.Last);
                writer.Write(peer.Last.ChosenUpTo);
            }
            if (peer.HasEchoed)
            {
                writer.WriteSince(peer.Echoed, context.Now, RelativeFields.Uncapped);
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        Leader = reader.ReadBallot();
        Electable = reader.ReadBool();
        _nextHeartbeat = reader.ReadUntil(context.Now);
        var leader = reader.ReadBallot();
        var (quorumConnected, electable) = ReadFlags(ref reader);
        _lastSent = new Heartbeat(0, 0, 0, default, leader, quorumConnected, electable, default);
        foreach (ref var peer in _peers.AsSpan())
        {
            var flags = reader.ReadByte();
            Check.That(flags < 8);
            peer = new PeerView
            {
                IsKnown = (flags & 1) != 0,
                HasEchoed = (flags & 2) != 0,
                IsDisbelieved = (flags & 4) != 0,
            };
            if (peer.IsKnown)
            {
                peer.Heard = reader.ReadSince(context.Now);
                var sentAt = (long)reader.ReadNumber();
                var (promised, itsLeader) = (reader.ReadBallot(), reader.ReadBallot());
                (quorumConnected, electable) = ReadFlags(ref reader);
                peer.Last = new Heartbeat(
                    sentAt, 0, 0, promised, itsLeader, quorumConnected, electable, reader.ReadSlot());
            }
            if (peer.HasEchoed)
            {
                peer.Echoed = reader.ReadSince(context.Now);
            }
        }
    }

    private static void WriteFlags(StateWriter writer, in Heartbeat heartbeat) =>
        writer.WriteByte((byte)((heartbeat.QuorumConnected ? 1 : 0) | (heartbeat.Electable ? 2 : 0)));

    private static (bool QuorumConnected, bool Electable) ReadFlags(ref StateReader reader)
    {
        var flags = reader.ReadByte();
        Check.That(flags < 4);
        return ((flags & 1) != 0, (flags & 2) != 0);
    }
}
