using Synod.Paxos;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Node;

/// <summary>Tells the peers the own sums, and has theirs judged.</summary>
internal sealed class Divergence(NodeOptions options, Mailbox<EffectSumAt> own, IPeers peers, Slot begun)
{
    private readonly DivergenceJudge _judge = new(options.Self, [.. options.Members.Select(m => m.Id)], begun);
    private readonly ByteWriter _packet = new(64);

    /// <summary>Why this node must stop, or null.</summary>
    public string? Fault { get; private set; }

    public void Turn()
    {
        while (own.TryTake(out var at))
        {
            Fault ??= _judge.Take(options.Self, at);
            if (!DivergenceJudge.IsCompared(at.Slot))
            {
                continue; // It only says how far this node has come, by a snapshot.
            }
            _packet.Clear();
            EffectSumPacket.Write(_packet, options.ClusterId, at);
            foreach (var member in options.Members)
            {
                if (member.Id != options.Self)
                {
                    peers.TrySend(member.Id, PeerLane.Control, _packet.Span);
                }
            }
        }
    }

    public void Take(NodeId from, ReadOnlyMemory<byte> packet)
    {
        if (EffectSumPacket.TryRead(packet, options.ClusterId, out var at))
        {
            Fault ??= _judge.Take(from, at);
        }
    }
}
