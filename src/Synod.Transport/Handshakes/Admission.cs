using System.Globalization;
using Synod.Paxos;
using Synod.Ports;
using Synod.Transport.Links;
using Synod.Wire;

namespace Synod.Transport.Handshakes;

/// <summary>
/// Who is let in. Of two members the one with the lower number dials, so that two dials cannot cross; all three lanes
/// are duplex.
/// </summary>
internal sealed class Admission(TcpPeersOptions options, IReadOnlyList<Peer> peers)
{
    /// <summary>Judges a Hello that came in on a port of this node.</summary>
    public HandshakeRefusal? JudgeCaller(in Hello hello, out Lane? lane)
    {
        lane = null;
        var from = new NodeId(hello.From);
        if (JudgeCluster(hello) is { } wrongCluster)
        {
            return wrongCluster;
        }
        if (from == options.Self)
        {
            return new HandshakeRefusal(
                RefusalKind.Self,
                $"this is {options.Self} itself; check the peer address that {options.Self} has for n{hello.To}");
        }
        if (hello.To != options.Self.Number)
        {
            return new HandshakeRefusal(
                RefusalKind.WrongNode,
                $"this is {options.Self}, not n{hello.To}; check the peer address of n{hello.To}");
        }
        Peer? peer = peers.FirstOrDefault(candidate => candidate.Id == from);
        if (peer is null)
        {
            return new HandshakeRefusal(
                RefusalKind.UnknownNode, $"{from} is not a member here; check the list of members on both nodes");
        }
        if (from > options.Self)
        {
            return new HandshakeRefusal(
                RefusalKind.WrongDirection,
                $"{from} must not dial {options.Self}: of two members the lower number dials");
        }
        if (hello.Lane > (byte)PeerLane.Bulk)
        {
            return new HandshakeRefusal(RefusalKind.UnknownLane, $"there is no lane {hello.Lane} in this version");
        }
        lane = peer.LaneOf((PeerLane)hello.Lane);
        return lane.Obstacle();
    }

    /// <summary>Judges the Hello with which a dialled node answered.</summary>
    public HandshakeRefusal? JudgeCalled(in Hello hello, Lane lane)
    {
        if (JudgeCluster(hello) is { } wrongCluster)
        {
            return wrongCluster;
        }
        bool isMeant = hello.From == lane.Peer.Id.Number && hello.To == options.Self.Number
            && hello.Lane == (byte)lane.Which;
        return isMeant
            ? lane.Obstacle()
            : new HandshakeRefusal(
                RefusalKind.WrongNode,
                $"{options.Self} dialled {lane.Peer.Id} and n{hello.From} answered; "
                + $"check the peer address of {lane.Peer.Id}");
    }

    /// <summary>What this node says of itself to another.</summary>
    public Hello Introduce(NodeId to, byte lane) => new(
        options.ClusterId, options.Self.Number, to.Number, lane, options.Incarnation, options.FeatureLevel,
        options.Identity.Bits);

    private HandshakeRefusal? JudgeCluster(in Hello hello) => hello.ClusterId == options.ClusterId
        ? null
        : new HandshakeRefusal(RefusalKind.WrongCluster, string.Create(CultureInfo.InvariantCulture,
            $"wrong cluster: {options.Self} is of cluster {options.ClusterId:x16} and n{hello.From} of "
            + $"{hello.ClusterId:x16}; check the peer addresses and the cluster's token on both nodes"));
}
