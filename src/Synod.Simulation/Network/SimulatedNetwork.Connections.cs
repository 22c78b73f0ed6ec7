using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation;

/// <content>Connections: how they come to be, and how they break.</content>
internal sealed partial class SimulatedNetwork
{
    /// <summary>A process begins to listen and to dial. Older connections to its machine break now.</summary>
    public SimulatedPeers Attach(int machine, DataIdentity identity, Action wake)
    {
        var peers = new SimulatedPeers(this, machine, identity, wake);
        _up[machine] = peers;
        foreach (var link in LinksOf(machine))
        {
            // Who still believes in a connection to the process before hears from the machine that there is none.
            var other = link.EndAt(link.Other(machine));
            link.SetEnd(machine, null);
            if (other is not null)
            {
                Lose(link, other, "connection reset by peer");
            }
            Dial(link, TimeSpan.Zero);
        }
        return peers;
    }

    /// <summary>A process ends. After a loss of power nobody is told; a process that is killed leaves resets behind.</summary>
    public void Detach(SimulatedPeers peers, bool tellsOthers)
    {
        peers.Die();
        _up[peers.Machine] = null;
        foreach (var link in LinksOf(peers.Machine))
        {
            if (link.EndAt(peers.Machine) != peers)
            {
                continue;
            }
            link.SetEnd(peers.Machine, null);
            var other = link.EndAt(link.Other(peers.Machine));
            if (tellsOthers && other is not null && !_conditions[peers.Machine, other.Machine].IsCut)
            {
                Lose(link, other, "connection closed");
            }
        }
    }

    /// <summary>Breaks the connections between two machines; both ends notice.</summary>
    public void Reset(int one, int other)
    {
        foreach (var link in LinksOf(one).Where(l => l.Other(one) == other))
        {
            Break(link, "connection reset");
        }
    }

    internal void Refuse(SimulatedPeers by, int peer, string reason)
    {
        foreach (var link in LinksOf(by.Machine).Where(l => l.Other(by.Machine) == peer))
        {
            Break(link, $"refused by n{by.Machine + 1}: {reason}");
        }
    }

    private void Dial(Link link, TimeSpan wait)
    {
        if (!link.IsDialling)
        {
            link.IsDialling = true;
            _scheduler.After(wait + _chance.Between(DialLeast, DialMost), () => TryConnect(link));
        }
    }

    private void TryConnect(Link link)
    {
        link.IsDialling = false;
        var low = _up[link.Low];
        var high = _up[link.High];
        if (low is null || high is null)
        {
            return; // Whoever comes up dials, or is dialled, anew.
        }
        if (link.AtLow is not null && link.AtHigh is not null)
        {
            return;
        }
        var cut = _conditions[link.Low, link.High].IsCut || _conditions[link.High, link.Low].IsCut;
        if (cut || low.HoldsOff(link.High) || high.HoldsOff(link.Low))
        {
            link.Failures = Math.Min(link.Failures + 1, 5);
            Dial(link, RedialLeast * (1 << link.Failures));
            return;
        }
        link.Failures = 0;
        link.Connection++;
        link.AtLow = low;
        link.AtHigh = high;
        _scheduler.Note(TraceKind.LinkUp, (ulong)((link.Low << 4) | link.High), (ulong)link.Lane);
        PostUp(low, high, link.Lane);
        PostUp(high, low, link.Lane);
    }

    private static void PostUp(SimulatedPeers at, SimulatedPeers other, PeerLane lane) => at.Post(new PeerEvent(
        PeerEventKind.LinkUp, new NodeId((uint)other.Machine + 1), lane, default, other.Identity, null, 1));

    private void Break(Link link, string reason)
    {
        var low = link.AtLow;
        var high = link.AtHigh;
        link.SetEnd(link.Low, null);
        link.SetEnd(link.High, null);
        Tell(low, link.High, link.Lane, reason);
        Tell(high, link.Low, link.Lane, reason);
        Dial(link, RedialLeast);
    }

    private void Lose(Link link, SimulatedPeers end, string reason)
    {
        link.SetEnd(end.Machine, null);
        Tell(end, link.Other(end.Machine), link.Lane, reason);
        Dial(link, RedialLeast);
    }

    private void Tell(SimulatedPeers? end, int other, PeerLane lane, string reason)
    {
        if (end is not null)
        {
            _scheduler.Note(TraceKind.LinkDown, (ulong)((end.Machine << 4) | other), (ulong)lane);
            end.Post(new PeerEvent(
                PeerEventKind.LinkDown, new NodeId((uint)other + 1), lane, default, DataIdentity.None, reason));
        }
    }

    private static readonly TimeSpan DialLeast = TimeSpan.FromMicroseconds(200);
    private static readonly TimeSpan DialMost = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan RedialLeast = TimeSpan.FromMilliseconds(30);
}
