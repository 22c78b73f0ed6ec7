using System.Numerics;
using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation;

/// <summary>
/// All links between all machines. A connection behaves as one over TCP does: handshake with identities, frames in order,
/// resets seen by both ends; and worse where <see cref="LinkConditions"/> say so.
/// </summary>
internal sealed partial class SimulatedNetwork
{
    private readonly Scheduler _scheduler;
    private readonly Chance _chance;
    private readonly Link[] _links;
    private readonly LinkConditions[,] _conditions;
    private readonly SimulatedPeers?[] _up;
    private readonly List<(int From, int To, Action Arrive)> _kept = [];

    public SimulatedNetwork(Scheduler scheduler, Chance chance, int machines)
    {
        _scheduler = scheduler;
        _chance = chance;
        Machines = machines;
        _up = new SimulatedPeers?[machines];
        _conditions = new LinkConditions[machines, machines];
        var links = new List<Link>();
        for (var low = 0; low < machines; low++)
        {
            for (var high = 0; high < machines; high++)
            {
                _conditions[low, high] = new LinkConditions();
                for (var lane = PeerLane.Control; low < high && lane <= PeerLane.Bulk; lane++)
                {
                    links.Add(new Link(low, high, lane));
                }
            }
        }
        _links = [.. links];
    }

    public int Machines { get; }

    public Instant Now => _scheduler.Now;

    /// <summary>Sees every frame that a process gives to the network, before anything can happen to it.</summary>
    public Action<int, int, PeerLane, ReadOnlyMemory<byte>>? OnSent { get; set; }

    /// <summary>A planted bug: what arrives instead of a frame. The frame itself, as a rule; null loses it.</summary>
    public Func<int, int, PeerLane, byte[], byte[]?>? Forge { get; set; }

    /// <summary>How frames travel from one machine to another.</summary>
    public LinkConditions this[int from, int to] => _conditions[from, to];

    /// <summary>The process that is on the network from a machine, or null.</summary>
    public SimulatedPeers? At(int machine) => _up[machine];

    /// <summary>All directions.</summary>
    public IEnumerable<(int From, int To, LinkConditions Conditions)> All()
    {
        for (var from = 0; from < Machines; from++)
        {
            for (var to = 0; to < Machines; to++)
            {
                if (from != to)
                {
                    yield return (from, to, _conditions[from, to]);
                }
            }
        }
    }

    /// <summary>What was cut is whole again, and what was kept arrives.</summary>
    public void Heal(int from, int to)
    {
        _conditions[from, to].Heal();
        for (var i = 0; i < _kept.Count; i++)
        {
            var kept = _kept[i];
            if (kept.From == from && kept.To == to)
            {
                _scheduler.After(TravelTime(_conditions[from, to]), kept.Arrive);
            }
        }
        _kept.RemoveAll(kept => kept.From == from && kept.To == to);
    }

    public void HealAll()
    {
        foreach (var (from, to, _) in All())
        {
            Heal(from, to);
        }
    }

    internal bool Send(SimulatedPeers from, int to, PeerLane lane, ReadOnlySpan<byte> frame)
    {
        var link = Between(from.Machine, to, lane);
        if (link.EndAt(from.Machine) != from)
        {
            return false;
        }
        var bytes = frame.ToArray();
        _scheduler.Note(TraceKind.Sent, (ulong)((from.Machine << 4) | to), Sum(bytes));
        OnSent?.Invoke(from.Machine, to, lane, bytes);
        if (_scheduler.IsRead)
        {
            _scheduler.Say($"n{from.Machine + 1} -> n{to + 1} {PacketText.Of(bytes)}");
        }
        var forged = Forge is null ? bytes : Forge(from.Machine, to, lane, bytes);
        var conditions = _conditions[from.Machine, to];
        if (forged is null || _chance.Happens(conditions.Loss))
        {
            return true;
        }
        Travel(link, link.Connection, from.Machine, to, forged, inOrder: !conditions.Reorders);
        if (_chance.Happens(conditions.Duplication))
        {
            Travel(link, link.Connection, from.Machine, to, forged, inOrder: false);
        }
        return true;
    }

    /// <summary>A frame that nobody sent: for planted bugs.</summary>
    internal void Inject(int from, int to, PeerLane lane, byte[] frame)
    {
        var link = Between(from, to, lane);
        Travel(link, link.Connection, from, to, frame, inOrder: false);
    }

    /// <summary>A frame that is there without having travelled: for planted bugs.</summary>
    internal void Conjure(int from, int to, PeerLane lane, byte[] frame) =>
        Between(from, to, lane).EndAt(to)?.Post(new PeerEvent(
            PeerEventKind.Frame, new NodeId((uint)from + 1), lane, frame, DataIdentity.None, null));

    private void Travel(Link link, ulong connection, int from, int to, byte[] frame, bool inOrder)
    {
        var conditions = _conditions[from, to];
        void Arrive() => Deliver(link, connection, from, to, frame);
        if (conditions.IsCut)
        {
            if (conditions.Keeps && _kept.Count < KeptMax)
            {
                _kept.Add((from, to, Arrive));
            }
            return;
        }
        var when = _scheduler.Now + TravelTime(conditions);
        if (inOrder)
        {
            var last = to == link.Low ? link.LastToLow : link.LastToHigh;
            when = when > last ? when : new Instant(last.Nanoseconds + 1);
            if (to == link.Low)
            {
                link.LastToLow = when;
            }
            else
            {
                link.LastToHigh = when;
            }
        }
        _scheduler.At(when, Arrive);
    }

    private void Deliver(Link link, ulong connection, int from, int to, byte[] frame)
    {
        var conditions = _conditions[from, to];
        if (conditions.IsCut)
        {
            if (conditions.Keeps && _kept.Count < KeptMax)
            {
                _kept.Add((from, to, () => Deliver(link, connection, from, to, frame)));
            }
            return;
        }
        var receiver = link.EndAt(to);
        if (receiver is null || (link.Connection != connection && !conditions.ArrivesLate))
        {
            return;
        }
        _scheduler.Note(TraceKind.Delivered, (ulong)((from << 4) | to), (ulong)frame.Length);
        receiver.Post(new PeerEvent(
            PeerEventKind.Frame, new NodeId((uint)from + 1), link.Lane, frame, DataIdentity.None, null));
    }

    private TimeSpan TravelTime(LinkConditions conditions) => _chance.Happens(conditions.Spikes)
        ? _chance.Between(conditions.DelayLeast, conditions.SpikeMost)
        : _chance.Between(conditions.DelayLeast, conditions.DelayMost);

    private IEnumerable<Link> LinksOf(int machine) => _links.Where(l => l.Low == machine || l.High == machine);

    private Link Between(int one, int other, PeerLane lane)
    {
        var (low, high) = one < other ? (one, other) : (other, one);
        // Lanes lie in the order in which the constructor made them.
        var before = low * (2 * Machines - low - 1) / 2;
        return _links[(before + high - low - 1) * 3 + (int)lane];
    }

    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = (uint)bytes.Length;
        while (bytes.Length >= 8)
        {
            sum = BitOperations.Crc32C(sum, BitConverter.ToUInt64(bytes));
            bytes = bytes[8..];
        }
        foreach (var b in bytes)
        {
            sum = BitOperations.Crc32C(sum, b);
        }
        return sum;
    }

    private const int KeptMax = 100_000;
}
