using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;

namespace Synod.Node.Tests;

/// <summary>Nodes at their first start, joined by perfect control lanes; their identity files save at once or not yet.</summary>
public sealed class GenesisTests
{
    [Fact]
    public void Nobody_votes_before_every_member_has_confirmed_the_same_list()
    {
        var world = new World(3);
        world.Connect(0, 1);
        world.Run();
        Assert.All(world.Nodes, n => Assert.False(n.Genesis.IsActive));
        world.Connect(0, 2);
        world.Run();
        Assert.All(world.Nodes, n => Assert.False(n.Genesis.IsActive)); // n2 and n3 have not met.
        world.Connect(1, 2);
        world.Run();
        Assert.All(world.Nodes, n => Assert.True(n.Genesis.IsActive));
        Assert.All(world.Nodes, n => Assert.Equal(world.Nodes[0].Store.Identities, n.Store.Identities));
    }

    [Fact]
    public void A_list_counts_only_when_it_is_durable()
    {
        var world = new World(3);
        world.Nodes[2].Store.IsSlow = true;
        world.ConnectAll();
        world.Run();
        Assert.All(world.Nodes, n => Assert.False(n.Genesis.IsActive));
        world.Nodes[2].Store.IsSlow = false;
        world.Run();
        Assert.All(world.Nodes, n => Assert.True(n.Genesis.IsActive));
    }

    [Fact]
    public void A_wiped_disk_is_refused_by_everybody_and_never_votes()
    {
        var world = new World(3);
        world.ConnectAll();
        world.Run();
        world.Wipe(2);
        world.Connect(0, 2);
        world.Connect(1, 2);
        world.Run();
        Assert.False(world.Nodes[2].Genesis.IsActive);
        Assert.Contains(world.Nodes[0].Refused, r => r.Peer == new NodeId(3) && r.Reason.Contains("wiped", StringComparison.Ordinal));
        Assert.Contains(world.Nodes[1].Refused, r => r.Peer == new NodeId(3));
    }

    [Fact]
    public void Of_a_member_that_comes_again_and_again_with_a_wiped_disk_the_operator_hears_once_in_a_while()
    {
        var world = new World(3);
        world.ConnectAll();
        world.Run();
        world.Wipe(2);
        for (var again = 1; again <= 5; again++)
        {
            world.Connect(0, 2);
            world.Run();
            Assert.True(world.Nodes[0].Refused.Count >= again);
        }
        Assert.Single(world.Nodes[0].Told);
        world.Pass(TimeSpan.FromMinutes(2));
        world.Run();
        world.Connect(0, 2);
        world.Run();
        Assert.Equal(2, world.Nodes[0].Told.Count);
    }

    [Fact]
    public void Later_starts_need_nobody()
    {
        var world = new World(3);
        world.ConnectAll();
        world.Run();
        world.Restart(1);
        Assert.True(world.Nodes[1].Genesis.IsActive);
    }

    [Fact]
    public void A_node_that_crashed_between_holding_and_confirming_goes_on()
    {
        var world = new World(3);
        world.Nodes[2].Store.FailsActive = true;
        world.ConnectAll();
        world.Run();
        Assert.True(world.Nodes[0].Genesis.IsActive);
        Assert.False(world.Nodes[2].Genesis.IsActive);
        world.Nodes[2].Store.FailsActive = false;
        world.Restart(2);
        world.Connect(0, 2);
        world.Connect(1, 2);
        world.Run();
        Assert.True(world.Nodes[2].Genesis.IsActive);
    }

    [Fact]
    public void A_copied_data_directory_is_a_fault()
    {
        var world = new World(3);
        world.Nodes[1].Identity = world.Nodes[0].Identity;
        world.Restart(1);
        world.ConnectAll();
        world.Run();
        Assert.Contains("copied", world.Nodes[2].Genesis.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_were_restored_from_different_snapshots_refuse_each_other_and_nobody_holds_anything()
    {
        var world = new World(3);
        var right = new StateBeginning(new Slot(120), 55, 7);
        for (var i = 0; i < 3; i++)
        {
            world.Nodes[i].Beginning = i < 2 ? right : right with { Slot = new Slot(130), EffectSum = 8 };
            world.Restart(i);
        }
        world.ConnectAll();
        world.Run();
        Assert.All(world.Nodes, n => Assert.False(n.Genesis.IsActive));
        Assert.All(world.Nodes, n => Assert.Empty(n.Store.Identities));
        Assert.All(world.Nodes, n => Assert.Null(n.Genesis.Fault));
        Assert.Contains(world.Nodes.SelectMany(n => n.Refused), r => r.Reason.Contains("different snapshots", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Nodes[0].Refused, r => r.Peer == new NodeId(2));
        world.Nodes[2].Beginning = right; // The operator restores the third again, from the same file.
        world.Wipe(2);
        world.Connect(0, 2);
        world.Connect(1, 2);
        world.Run();
        Assert.All(world.Nodes, n => Assert.True(n.Genesis.IsActive));
    }

    [Theory]
    [InlineData(0, 55, 7)]
    [InlineData(120, 56, 7)]
    [InlineData(120, 55, 8)]
    public void Whatever_differs_in_the_beginning_is_another_one(ulong slot, long revision, ulong sum)
    {
        var world = new World(2);
        world.Nodes[0].Beginning = new StateBeginning(new Slot(120), 55, 7);
        world.Nodes[1].Beginning = new StateBeginning(new Slot(slot), revision, sum);
        world.Restart(0);
        world.Restart(1);
        world.ConnectAll();
        world.Run();
        Assert.All(world.Nodes, n => Assert.False(n.Genesis.IsActive));
    }

    private sealed class Store : IMembershipStore
    {
        private (IReadOnlyList<DataIdentity> Identities, bool IsActive)? _pending;

        public bool IsSlow { get; set; }

        public bool FailsActive { get; set; }

        public IReadOnlyList<DataIdentity> Identities { get; private set; } = [];

        public bool IsActive { get; private set; }

        public void Save(IReadOnlyList<DataIdentity> identities, bool isActive)
        {
            Assert.Null(_pending);
            _pending = (identities, isActive);
        }

        public bool TryTakeSaved(out string? error)
        {
            error = null;
            if (_pending is not { } pending || IsSlow || (FailsActive && pending.IsActive))
            {
                return false;
            }
            (Identities, IsActive) = pending;
            _pending = null;
            return true;
        }

        public void Crash() => _pending = null;
    }

    private sealed class Node(World world, int place) : IPeers, INodeObserver
    {
        public DataIdentity Identity { get; set; } = new((UInt128)(100 + place));

        public Store Store { get; set; } = new();

        public StateBeginning Beginning { get; set; }

        public Genesis Genesis { get; set; } = null!;

        public List<(NodeId Peer, string Reason)> Refused { get; } = [];

        public bool TrySend(NodeId to, PeerLane lane, ReadOnlySpan<byte> frame) =>
            world.Send(place, (int)to.Number - 1, frame.ToArray());

        public bool TryTakeEvent(out PeerEvent e, PeerLane upTo = PeerLane.Bulk)
        {
            e = default;
            return false;
        }

        public void Refuse(NodeId peer, string reason)
        {
            Refused.Add((peer, reason));
            world.Disconnect(place, (int)peer.Number - 1);
        }

        public void Replica(in ReplicaEvent e) => Assert.Fail("no replica here");

        public void Link(NodeId peer, bool up, string? reason) => Assert.Fail("no links here");

        void INodeObserver.Genesis(string what) => Assert.NotEmpty(what);

        public List<string> Told { get; } = [];

        public void IdentityRefused(NodeId peer, string why) => Told.Add(why);

        public void Space(string? alarm) => Assert.Fail("no disk here");

        public void Damage(string what) => Assert.Fail("no disk here");

        public void Fault(string why) => Assert.NotEmpty(why);
    }

    private sealed class World
    {
        private readonly bool[,] _connected;
        private readonly Queue<(int From, int To, byte[] Packet)> _frames = new();
        private Instant _now = new(1);

        public World(int count)
        {
            _connected = new bool[count, count];
            Nodes = [.. Enumerable.Range(0, count).Select(i => new Node(this, i))];
            for (var i = 0; i < count; i++)
            {
                Restart(i);
            }
        }

        public Node[] Nodes { get; }

        public void ConnectAll()
        {
            for (var a = 0; a < Nodes.Length; a++)
            {
                for (var b = a + 1; b < Nodes.Length; b++)
                {
                    Connect(a, b);
                }
            }
        }

        public void Connect(int a, int b)
        {
            _connected[a, b] = _connected[b, a] = true;
            Nodes[a].Genesis.Admit(new NodeId((uint)b + 1), Nodes[b].Identity);
            if (_connected[a, b])
            {
                Nodes[b].Genesis.Admit(new NodeId((uint)a + 1), Nodes[a].Identity);
            }
        }

        public void Disconnect(int a, int b) => _connected[a, b] = _connected[b, a] = false;

        public void Wipe(int i)
        {
            Nodes[i].Identity = new DataIdentity((UInt128)(1000 + i));
            Nodes[i].Store = new Store();
            Restart(i);
        }

        public void Restart(int i)
        {
            Nodes[i].Store.Crash();
            for (var other = 0; other < Nodes.Length; other++)
            {
                Disconnect(i, other);
            }
            var options = new NodeOptions
            {
                Self = new NodeId((uint)i + 1),
                ClusterId = 5,
                Identity = Nodes[i].Identity,
                Members = [.. Nodes.Select((_, n) => new InitialMember(new NodeId((uint)n + 1), $"n{n + 1}", []))],
            };
            Nodes[i].Genesis = new Genesis(options, Nodes[i].Store, Nodes[i], Nodes[i], Nodes[i].Beginning);
        }

        public void Pass(TimeSpan time) => _now += time;

        public bool Send(int from, int to, byte[] packet)
        {
            if (_connected[from, to])
            {
                _frames.Enqueue((from, to, packet));
            }
            return _connected[from, to];
        }

        public void Run()
        {
            for (var round = 0; round < 20; round++)
            {
                _now += TimeSpan.FromMilliseconds(100);
                foreach (var node in Nodes)
                {
                    node.Genesis.Turn(_now);
                }
                while (_frames.TryDequeue(out var frame))
                {
                    if (_connected[frame.From, frame.To])
                    {
                        Nodes[frame.To].Genesis.Take(new NodeId((uint)frame.From + 1), frame.Packet);
                    }
                }
            }
        }
    }
}
