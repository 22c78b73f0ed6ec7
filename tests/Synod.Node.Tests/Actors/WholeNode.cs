using System.Buffers;
using System.Text;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Storage;
using Synod.Store;

namespace Synod.Node.Tests;

/// <summary>A whole node, a cluster by itself, on a disk in memory: the test gives its actors their turns.</summary>
internal sealed class WholeNode
{
    private const int RoundsMax = 1000;
    private static readonly TimeSpan RoundStep = TimeSpan.FromMilliseconds(20);
    private readonly MemoryDisk _journalDisk;
    private readonly MemoryDisk _snapshotDisk;
    private readonly ulong _seed;

    /// <summary>Begins a life of the node.</summary>
    /// <param name="adjust">Changes its options.</param>
    /// <param name="hasSmallDisk">Segments and batches are small.</param>
    /// <param name="before">An earlier life, which has been left alone since: its disks are gone on with.</param>
    public WholeNode(
        Func<NodeOptions, NodeOptions>? adjust = null, bool hasSmallDisk = false, WholeNode? before = null)
    {
        _journalDisk = before?._journalDisk.Reopened() ?? new MemoryDisk();
        _snapshotDisk = before?._snapshotDisk.Reopened() ?? new MemoryDisk();
        Now = before?.Now ?? Now;
        _seed = before?._seed + 1 ?? 7; // Each life needs its own, or its session would be taken for the one before.
        var self = new NodeId(1);
        var identity = new DataIdentity(17);
        var disk = new MemoryDisk();
        var directory = new DataDirectory(disk);
        directory.Save(DirectoryRecord.Fresh(identity, 1, self, "n1"), static () => { });
        var options = new NodeOptions
        {
            Self = self,
            ClusterId = 1,
            Identity = identity,
            Members = [new InitialMember(self, "n1", ["http://here"])],
        };
        var journal = new JournalOptions { Identity = identity, SegmentBytes = 16 << 20 };
        if (hasSmallDisk)
        {
            journal = journal with { SegmentBytes = 1 << 18, BatchBytesMax = 1 << 16, WriteBytesMax = 1 << 16 };
        }
        Node = new SynodNode(
            adjust is null ? options : adjust(options), journal, directory, Peers, Observer, _seed,
            new NodeWakes(static () => { }, static () => { }, static () => { }));
        var opening = Node.OpenJournal(_journalDisk, _snapshotDisk);
        while (!opening.Step())
        {
            Assert.True(RoundsMax > 0);
        }
        Node.Start(opening, _journalDisk);
    }

    public SynodNode Node { get; }

    public ScriptedPeers Peers { get; } = new();

    public QuietObserver Observer { get; } = new();

    public Instant Now { get; set; } = new(1_000_000_000);

    /// <summary>Gives all actors turns until the condition holds.</summary>
    public void RunUntil(string what, Func<bool> condition)
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            if (condition())
            {
                return;
            }
            Turn();
        }
        Assert.Fail($"not within {RoundsMax} rounds: {what}");
    }

    /// <summary>One round: each actor has one turn.</summary>
    public void Turn()
    {
        Now += RoundStep;
        Node.CoreTurn(Now);
        Node.JournalTurn(Now);
        Node.ApplyTurn(Now);
        Node.CoreTurn(Now);
    }

    /// <summary>Runs until it leads and serves, and its session is open.</summary>
    public void Begin()
    {
        var first = PutOf(1);
        Node.Submit(first);
        RunUntil("the first write is done", () => first.Ended.Count == 1);
        Assert.Null(first.Ended.Failure);
    }

    /// <summary>A write of so many bytes.</summary>
    public static RecordedWrite PutOf(int bytes, string key = "k")
    {
        var command = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(command);
        writer.Begin();
        writer.Put(new PutOperation { Key = Encoding.UTF8.GetBytes(key), Value = new byte[bytes] });
        return new RecordedWrite(command.WrittenSpan.ToArray());
    }

    internal sealed class QuietObserver : INodeObserver
    {
        public List<string> Faults { get; } = [];

        public List<NodeId> LinksDown { get; } = [];

        public void Replica(in ReplicaEvent e)
        {
        }

        public void Link(NodeId peer, bool up, string? reason) => LinksDown.Add(peer);

        public void Genesis(string what)
        {
        }

        public void IdentityRefused(NodeId peer, string why)
        {
        }

        public void Space(string? alarm)
        {
        }

        public void Damage(string what)
        {
        }

        public void Fault(string why) => Faults.Add(why);
    }
}
