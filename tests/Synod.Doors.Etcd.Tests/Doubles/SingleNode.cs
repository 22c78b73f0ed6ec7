using System.Buffers;
using System.Collections.Concurrent;
using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Store;

namespace Synod.Doors.Etcd.Tests;

/// <summary>
/// A test double of a node: one store and one watch hub on one thread of its own, as the apply actor has them, with
/// every write chosen at once. What a cluster would do wrong, it does when told to.
/// </summary>
public sealed class SingleNode : INode, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly BlockingCollection<NodeRequest> _requests = [];
    private readonly Thread _actor;
    private readonly OrderedStore _store = new();
    private ulong _slot;
    private ulong _microseconds;

    public SingleNode(WatchLimits? limits = null, string clientUrl = "http://127.0.0.1:0")
    {
        Hub = new WatchHub(limits ?? new WatchLimits(), _store);
        Members = [new Member(new NodeId(1), 0xabc1, "n1", ["http://127.0.0.1:2380"], [clientUrl])];
        Status = Picture(new NodeId(1));
        _actor = new Thread(Run) { IsBackground = true, Name = "apply" };
        _actor.Start();
    }

    public NodeStatus Status { get; private set; }

    public ulong ClusterId => 0xcafe0123456789ab;

    public IReadOnlyList<Member> Members { get; set; }

    /// <summary>How every write and every linearizable read fails, if at all.</summary>
    public Failure? FailWith { get; set; }

    /// <summary>Requests are kept and not carried out while this is set.</summary>
    public ManualResetEventSlim Open { get; } = new(initialState: true);

    /// <summary>The hub; to be looked at from tests only for its counts.</summary>
    public WatchHub Hub { get; }

    /// <summary>Writes carried out.</summary>
    public long Writes { get; private set; }

    /// <summary>The hub ends all watchers, as it does when its node stops.</summary>
    public void StopWatching() => Post(new Stopping());

    public void LoseLeader() => Status = Picture(NodeId.None);

    public void HandOver(NodeId to) => Status = Picture(to);

    public void FillDisk() => Status = Status with { NoSpace = "the disk is full" };

    public void FillDiskOf(params NodeId[] peers) => Status = Status with { FullPeers = peers };

    /// <summary>Store time passes, and leases whose time is over end; nothing else lets any pass.</summary>
    public async Task LetTimePassAsync(TimeSpan time)
    {
        var pass = new Pass((ulong)time.TotalMicroseconds);
        Post(pass);
        await pass.Done.Task.WaitAsync(Deadlines.Call);
    }

    public void Submit(WriteRequest request) => Post(request);

    public void Submit(ReadRequest request) => Post(request);

    public void Submit(WatchRequest request) => Post(request);

    public void Submit(SnapshotStream request) => Post(request);

    /// <summary>What a snapshot of this node is: any bytes do for a door.</summary>
    public IReadOnlyList<byte[]> SnapshotSlices { get; set; } = [];

    public void Dispose()
    {
        Open.Set();
        _requests.CompleteAdding();
        _actor.Join();
        _requests.Dispose();
        Open.Dispose();
    }

    private void Post(NodeRequest request)
    {
        try
        {
            _requests.Add(request);
        }
        catch (InvalidOperationException)
        {
            request.Fail(Failure.NotServing);
        }
    }

    private void Run()
    {
        while (!_requests.IsCompleted)
        {
            if (_requests.TryTake(out var request, Tick))
            {
                Open.Wait();
                Carry(request);
            }
            while (Hub.Turn(_store, new Instant(Environment.TickCount64 * 1_000_000)))
            {
                // A real node takes other requests between turns.
            }
        }
    }

    /// <summary>Slices as there is room for them; after the last a failure, if one is set.</summary>
    private void Give(SnapshotStream snapshot)
    {
        snapshot.Begin(_store.CurrentRevision);
        for (var i = 0; i < SnapshotSlices.Count && !snapshot.IsAbandoned; i++)
        {
            while (!snapshot.HasRoom && !snapshot.IsAbandoned)
            {
                Thread.Yield();
            }
            snapshot.Take(SnapshotSlices[i], isLast: FailWith is null && i + 1 == SnapshotSlices.Count);
        }
        if (FailWith is { } failure)
        {
            snapshot.Fail(failure);
        }
    }

    private void Carry(NodeRequest request)
    {
        switch (request)
        {
            case SnapshotStream snapshot:
                Give(snapshot);
                break;
            case WriteRequest when FailWith is { } failure:
                request.Fail(failure);
                break;
            case ReadRequest { Linearizable: true } when FailWith is { } failure:
                request.Fail(failure);
                break;
            case WriteRequest write:
                Writes++;
                _slot++;
                write.Applied(_store.Apply(0, new Slot(_slot), _microseconds, write.Command.Span, wantOutcome: true)!, _store);
                Status = Picture(Status.Leader);
                break;
            case ReadRequest read:
                read.Run(_store);
                break;
            case Pass pass:
                _slot++;
                _microseconds += pass.Microseconds;
                _store.Apply(0, new Slot(_slot), _microseconds, ExpireAll(), wantOutcome: false);
                pass.Done.SetResult();
                break;
            case WatchRequest watch:
                watch.Run(Hub, _store);
                break;
        }
    }

    private sealed class Stopping : WatchRequest
    {
        public override void Run(WatchHub hub, OrderedStore store) => hub.Stop();

        public override void Fail(Failure failure) => throw new InvalidOperationException(failure.ToString());
    }

    private static ReadOnlySpan<byte> ExpireAll()
    {
        var command = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(command);
        writer.Begin();
        writer.LeaseExpire(ulong.MaxValue);
        return command.WrittenSpan;
    }

    private sealed class Pass(ulong microseconds) : NodeRequest
    {
        public ulong Microseconds => microseconds;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Fail(Failure failure) => Done.SetException(new InvalidOperationException($"{failure}"));
    }

    private NodeStatus Picture(NodeId leader) => new(
        new NodeId(1), leader, new Ballot(3, new NodeId(1), 1), new Slot(_slot), new Slot(_slot), true, null)
    {
        NoSpace = Status?.NoSpace,
        FullPeers = Status?.FullPeers ?? [],
    };
}
