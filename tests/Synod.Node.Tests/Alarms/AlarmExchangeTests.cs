using Synod.Paxos;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Node.Tests;

/// <summary>Members tell each other when their disk is full, and when it is not any more.</summary>
public sealed class AlarmExchangeTests
{
    private static readonly NodeId s_first = new(1);
    private static readonly NodeId s_second = new(2);
    private static readonly NodeId s_third = new(3);
    private readonly Wire _fromFirst = new();
    private readonly AlarmExchange _first;
    private readonly AlarmExchange _second;
    private Instant _now = new(1_000_000_000);

    public AlarmExchangeTests()
    {
        _first = new AlarmExchange(Options(s_first), _fromFirst);
        _second = new AlarmExchange(Options(s_second), new Wire());
    }

    [Fact]
    public void While_all_is_well_nothing_is_said()
    {
        _first.Turn(_now, hasNoSpace: false);
        _first.LinkUp(s_second);
        Assert.Empty(_fromFirst.Sent);
        Assert.Equal(Instant.Never, _first.Next);
    }

    [Fact]
    public void Every_peer_hears_of_a_full_disk_and_of_its_end()
    {
        _first.Turn(_now, hasNoSpace: true);
        Assert.Equal([s_second, s_third], _fromFirst.Sent.Select(sent => sent.To));
        Deliver();
        Assert.Equal([s_first], _second.FullPeers);
        _first.Turn(_now, hasNoSpace: false);
        Deliver();
        Assert.Empty(_second.FullPeers);
    }

    [Fact]
    public void A_word_that_is_lost_is_said_again_and_then_there_is_silence()
    {
        _first.Turn(_now, hasNoSpace: true);
        Lose();
        _now = _first.Next;
        _first.Turn(_now, hasNoSpace: true);
        Deliver();
        Assert.Equal([s_first], _second.FullPeers);
        _first.Turn(_now, hasNoSpace: false);
        Lose();
        Assert.Equal([s_first], _second.FullPeers);
        while (_first.Next != Instant.Never)
        {
            Assert.Equal(AlarmExchange.TellEvery, _first.Next - _now);
            _now = _first.Next;
            _first.Turn(_now, hasNoSpace: false);
            Deliver();
        }
        Assert.Empty(_second.FullPeers);
    }

    [Fact]
    public void A_peer_that_comes_back_is_told_and_its_own_old_word_is_forgotten()
    {
        _first.Turn(_now, hasNoSpace: true);
        Deliver();
        _fromFirst.Sent.Clear();
        _first.LinkUp(s_second);
        Assert.Equal([s_second], _fromFirst.Sent.Select(sent => sent.To));
        _second.LinkUp(s_first);
        Assert.Empty(_second.FullPeers);
        Deliver();
        Assert.Equal([s_first], _second.FullPeers);
    }

    [Fact]
    public void The_word_of_another_cluster_of_a_stranger_or_nonsense_counts_for_nothing()
    {
        var packet = new ByteWriter();
        AlarmPacket.Write(packet, 2, hasNoSpace: true);
        _second.Take(s_first, packet.Span.ToArray());
        packet.Clear();
        AlarmPacket.Write(packet, 1, hasNoSpace: true);
        _second.Take(new NodeId(9), packet.Span.ToArray());
        for (var length = 0; length < packet.Length; length++)
        {
            _second.Take(s_first, packet.Span[..length].ToArray());
        }
        Assert.Empty(_second.FullPeers);
        _second.Take(s_first, packet.Span.ToArray());
        Assert.Equal([s_first], _second.FullPeers);
    }

    private void Deliver()
    {
        foreach (var (to, frame) in _fromFirst.Sent)
        {
            if (to == s_second)
            {
                Assert.True(AlarmPacket.IsOne(frame));
                _second.Take(s_first, frame);
            }
        }
        Lose();
    }

    private void Lose() => _fromFirst.Sent.Clear();

    private static NodeOptions Options(NodeId self) => new()
    {
        Self = self,
        ClusterId = 1,
        Identity = new DataIdentity(self.Number),
        Members = [.. new[] { s_first, s_second, s_third }.Select(id => new InitialMember(id, $"n{id.Number}", []))],
    };

    private sealed class Wire : IPeers
    {
        public List<(NodeId To, byte[] Frame)> Sent { get; } = [];

        public bool TrySend(NodeId to, PeerLane lane, ReadOnlySpan<byte> frame)
        {
            Assert.Equal(PeerLane.Control, lane);
            Sent.Add((to, frame.ToArray()));
            return true;
        }

        public bool TryTakeEvent(out PeerEvent e, PeerLane upTo = PeerLane.Bulk)
        {
            e = default;
            return false;
        }

        public void Refuse(NodeId peer, string reason)
        {
            // Nobody is there.
        }
    }
}
