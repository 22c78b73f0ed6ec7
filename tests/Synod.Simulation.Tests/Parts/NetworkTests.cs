using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation.Tests;

/// <summary>The network does what its conditions say.</summary>
public sealed class NetworkTests
{
    private readonly Scheduler _scheduler = new(new Chance(1));
    private readonly SimulatedNetwork _network;
    private readonly SimulatedPeers _one;
    private readonly SimulatedPeers _two;

    public NetworkTests()
    {
        _network = new SimulatedNetwork(_scheduler, new Chance(2), 3);
        _one = _network.Attach(0, new DataIdentity(11), static () => { });
        _two = _network.Attach(1, new DataIdentity(22), static () => { });
        Run(1000);
        Assert.Equal(3, Take(_one).Count(e => e.Kind == PeerEventKind.LinkUp && e.Identity == new DataIdentity(22)));
        Assert.Equal(3, Take(_two).Count(e => e.Kind == PeerEventKind.LinkUp && e.Identity == new DataIdentity(11)));
    }

    [Fact]
    public void Frames_of_a_lane_arrive_once_and_in_order()
    {
        _network[0, 1].DelayMost = TimeSpan.FromMilliseconds(50);
        Send(100);
        Assert.Equal(Enumerable.Range(0, 100), Frames());
    }

    [Fact]
    public void Frames_are_lost_doubled_and_overtake_when_told_to()
    {
        var conditions = _network[0, 1];
        conditions.DelayMost = TimeSpan.FromMilliseconds(50);
        conditions.Loss = 0.3;
        conditions.Duplication = 0.3;
        conditions.Reorders = true;
        Send(100);
        var frames = Frames();
        Assert.InRange(frames.Distinct().Count(), 50, 90);
        Assert.True(frames.Count > frames.Distinct().Count());
        Assert.NotEqual(frames.Order(), frames);
    }

    [Fact]
    public void A_cut_direction_lets_nothing_through_and_the_other_is_whole()
    {
        _network[0, 1].IsCut = true;
        Send(10);
        Assert.True(_two.TrySend(new NodeId(1), PeerLane.Bulk, [7]));
        Assert.Empty(Frames());
        Assert.Single(Take(_one));
        _network.Heal(0, 1);
        Assert.Empty(Frames());
    }

    [Fact]
    public void Kept_frames_arrive_when_the_link_is_whole_again()
    {
        _network[0, 1].IsCut = true;
        _network[0, 1].Keeps = true;
        Send(10);
        Assert.Empty(Frames());
        _network.Heal(0, 1);
        Assert.Equal(10, Frames().Count);
    }

    [Fact]
    public void A_reset_is_seen_by_both_ends_and_mended()
    {
        _network.Reset(0, 1);
        Assert.False(_one.TrySend(new NodeId(2), PeerLane.Data, [1]));
        Run(1000);
        foreach (var end in new[] { _one, _two })
        {
            var kinds = Take(end).Select(e => e.Kind).ToList();
            Assert.Equal(3, kinds.Count(k => k == PeerEventKind.LinkDown));
            Assert.Equal(3, kinds.Count(k => k == PeerEventKind.LinkUp));
        }
    }

    [Fact]
    public void A_refused_peer_is_told_why_and_held_off_for_a_while()
    {
        _one.Refuse(new NodeId(2), "because");
        Run(1500);
        Assert.All(Take(_two), e => Assert.Contains("because", e.Reason, StringComparison.Ordinal));
        Run(3000);
        Assert.Equal(3, Take(_two).Count(e => e.Kind == PeerEventKind.LinkUp));
    }

    [Fact]
    public void A_frame_for_a_process_that_is_gone_reaches_the_next_only_if_told_to()
    {
        Assert.Empty(AfterRestart(arrivesLate: false));
        Assert.Single(AfterRestart(arrivesLate: true), e => e.Kind == PeerEventKind.Frame);
    }

    [Fact]
    public void Killed_is_noticed_and_lost_power_is_not()
    {
        _network.Detach(_two, tellsOthers: true);
        Assert.Equal(3, Take(_one).Count(e => e.Kind == PeerEventKind.LinkDown));
        var next = _network.Attach(1, new DataIdentity(22), static () => { });
        Run(1000);
        Take(_one);
        _network.Detach(next, tellsOthers: false);
        Run(5000);
        Assert.Empty(Take(_one));
        Assert.True(_one.TrySend(new NodeId(2), PeerLane.Data, [1]));
    }

    private List<PeerEvent> AfterRestart(bool arrivesLate)
    {
        var conditions = _network[0, 1];
        conditions.ArrivesLate = arrivesLate;
        conditions.DelayLeast = TimeSpan.FromMilliseconds(100);
        conditions.DelayMost = TimeSpan.FromMilliseconds(100);
        Assert.True(_one.TrySend(new NodeId(2), PeerLane.Data, [1]));
        _network.Detach(_network.At(1)!, tellsOthers: true);
        var next = _network.Attach(1, new DataIdentity(22), static () => { });
        Run(1000);
        return [.. Take(next).Where(e => e.Kind == PeerEventKind.Frame)];
    }

    private void Run(int milliseconds) => _scheduler.RunUntil(_scheduler.Now + TimeSpan.FromMilliseconds(milliseconds));

    private void Send(int count)
    {
        for (byte i = 0; i < count; i++)
        {
            Assert.True(_one.TrySend(new NodeId(2), PeerLane.Data, [i]));
        }
    }

    private List<int> Frames()
    {
        Run(1000);
        return [.. Take(_two).Where(e => e.Kind == PeerEventKind.Frame).Select(e => (int)e.Frame.Span[0])];
    }

    private static List<PeerEvent> Take(SimulatedPeers peers)
    {
        var events = new List<PeerEvent>();
        while (peers.TryTakeEvent(out var e))
        {
            events.Add(e);
        }
        return events;
    }
}
