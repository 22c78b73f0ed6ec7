using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>Pure replicas joined by perfect or cut links, in virtual time. Disks sync at once unless told to stall.</summary>
internal sealed class ReplicaCluster
{
    private readonly record struct Message(int From, int To, ReplicaOutput Copy, Outgoing Which);

    private readonly Replica[] _replicas;
    private readonly ReplicaOutput[] _outputs;
    private readonly List<Outgoing>[] _held;
    private readonly bool[,] _cut;
    private readonly Queue<Action> _network = new();
    private readonly ulong[] _persistedUpTo;
    private int _rounds;
    private ulong _draw = 12345;

    public ReplicaCluster(int count, ReplicaOptions? options = null, QuorumSystem? quorums = null)
    {
        Options = options ?? new ReplicaOptions();
        Count = count;
        var configuration = new Configuration(
            1, [.. Enumerable.Range(1, count).Select(i => new NodeId((uint)i))], quorums ?? QuorumSystem.Majority(count));
        Configuration = configuration;
        _replicas = [.. configuration.Voters.Select(v => new Replica(v, configuration, Options))];
        _outputs = [.. _replicas.Select(_ => new ReplicaOutput())];
        _held = [.. _replicas.Select(_ => new List<Outgoing>())];
        _cut = new bool[count, count];
        Applied = [.. _replicas.Select(_ => new List<LearnedDecree>())];
        Records = [.. _replicas.Select(_ => new List<StateRecord>())];
        Events = [.. _replicas.Select(_ => new List<ReplicaEvent>())];
        Reads = [.. _replicas.Select(_ => new List<ReadReady>())];
        Stalled = new bool[count];
        Down = new bool[count];
        _persistedUpTo = new ulong[count];
    }

    /// <summary>Every so many rounds each replica is exchanged for one that was read from its bytes; 0 for never.</summary>
    public int RereadEvery { get; set; }

    /// <summary>Every message sent: when, between whom, of which kind, after which record if that is not durable yet.</summary>
    public List<(Instant At, int From, Outgoing Which)> Sent { get; } = [];

    /// <summary>Exchanges a replica for one that was read from its bytes, which it must write again wherever it stands.</summary>
    public void Reread(int i)
    {
        var writer = new StateWriter();
        _replicas[i].Write(writer, Now);
        var bytes = writer.Written.ToArray();
        var elsewhere = ReadBack(i, bytes, Now + TimeSpan.FromHours(3), _persistedUpTo[i] + 1000);
        writer.Clear();
        elsewhere.Write(writer, Now + TimeSpan.FromHours(3));
        Assert.Equal(bytes, writer.Written.ToArray());
        _replicas[i] = ReadBack(i, bytes, Now, _persistedUpTo[i]);
    }

    private Replica ReadBack(int i, byte[] bytes, Instant now, ulong persistedUpTo)
    {
        var replica = new Replica(Configuration.Voters[i], Configuration, Options);
        var reader = new StateReader(bytes);
        replica.Read(ref reader, now, persistedUpTo);
        Assert.True(reader.IsAtEnd);
        return replica;
    }

    public ReplicaOptions Options { get; }

    public Configuration Configuration { get; }

    public int Count { get; }

    public Instant Now { get; private set; } = new(1_000_000_000);

    public Replica this[int i] => _replicas[i];

    public List<LearnedDecree>[] Applied { get; }

    /// <summary>What each node's disk holds.</summary>
    public List<StateRecord>[] Records { get; }

    public List<ReplicaEvent>[] Events { get; }

    public List<ReadReady>[] Reads { get; }

    public bool[] Stalled { get; }

    public bool[] Down { get; }

    public Func<int, int, MessageKind, bool> Drops { get; set; } = (_, _, _) => false;

    /// <summary>How much later than at once a message arrives.</summary>
    public Func<int, int, MessageKind, TimeSpan> Delays { get; set; } = (_, _, _) => TimeSpan.Zero;

    public IEnumerable<int> Leaders => Enumerable.Range(0, Count).Where(i => !Down[i] && _replicas[i].IsLeading);

    public void Cut(int a, int b, bool reset = true)
    {
        _cut[a, b] = _cut[b, a] = true;
        if (reset)
        {
            _replicas[a].LinkDown(Now, Configuration.Voters[b], _outputs[a]);
            _replicas[b].LinkDown(Now, Configuration.Voters[a], _outputs[b]);
        }
    }

    public void Heal(int a, int b) => _cut[a, b] = _cut[b, a] = false;

    public void Kill(int i)
    {
        Down[i] = true;
        _held[i].Clear();
        _outputs[i].Clear();
        for (var other = 0; other < Count; other++)
        {
            if (other != i && !Down[other])
            {
                _replicas[other].LinkDown(Now, Configuration.Voters[i], _outputs[other]);
            }
        }
    }

    /// <summary>Starts the node again from what its disk holds.</summary>
    public void Restart(int i)
    {
        _replicas[i] = new Replica(Configuration.Voters[i], Configuration, Options);
        _outputs[i] = new ReplicaOutput();
        Applied[i].Clear();
        ulong number = 0;
        foreach (var record in Records[i])
        {
            _replicas[i].Recover(record, ++number, _outputs[i]);
        }
        Applied[i].AddRange(_outputs[i].Decrees);
        _outputs[i].Clear();
        _outputs[i].ContinueAfter(number);
        _persistedUpTo[i] = number;
        Down[i] = false;
    }

    public Proposal Propose(int i, string text) => _replicas[i].Propose(Now, Value.FromText(text), _outputs[i]);

    public bool HandOver(int from, int to) => _replicas[from].HandOver(Now, Configuration.Voters[to], _outputs[from]);

    public void Read(int i, ulong request) => _replicas[i].RequestRead(Now, request, _outputs[i]);

    public void Inject(int to, Action<Replica, ReplicaOutput> step) => step(_replicas[to], _outputs[to]);

    public ReplicaOutput OutputOf(int i) => _outputs[i];

    /// <summary>Runs for a span of virtual time.</summary>
    public void Run(TimeSpan span)
    {
        var end = Now + span;
        while (Now < end)
        {
            Round();
            Now += TimeSpan.FromMilliseconds(1);
        }
    }

    /// <summary>Runs until something holds; fails after a span of virtual time.</summary>
    public TimeSpan RunUntil(Func<bool> condition, TimeSpan deadline)
    {
        var start = Now;
        while (!condition())
        {
            Assert.True(Now - start < deadline, $"not within {deadline} of virtual time");
            Round();
            Now += TimeSpan.FromMilliseconds(1);
        }
        return Now - start;
    }

    public string[] TextsOf(int i) =>
        [.. Applied[i].Where(d => d.Decree.Kind == DecreeKind.Command).Select(d => d.Decree.Value.ToString())];

    private void Round()
    {
        _rounds++;
        for (var i = 0; i < Count; i++)
        {
            if (Down[i])
            {
                continue;
            }
            if (RereadEvery > 0 && _rounds % RereadEvery == 0)
            {
                Reread(i);
            }
            _replicas[i].Finish(Now, Draw(), _outputs[i]);
            CarryOut(i);
        }
        for (var n = _network.Count; n > 0; n--)
        {
            _network.Dequeue()();
        }
    }

    private void CarryOut(int i)
    {
        var output = _outputs[i];
        var copy = Copy(output);
        var last = output.LastRecord;
        Events[i].AddRange(output.Events);
        Applied[i].AddRange(output.Decrees);
        Reads[i].AddRange(output.Reads);
        output.Clear();
        void Later()
        {
            if (Down[i] || !ReferenceEquals(output, _outputs[i]))
            {
                return;
            }
            if (Stalled[i])
            {
                _network.Enqueue(Later);
                return;
            }
            Records[i].AddRange(copy.Records);
            foreach (var outgoing in copy.Outgoing.Where(o => o.AfterRecord != 0))
            {
                Send(i, copy, outgoing);
            }
            if (copy.Records.Count > 0)
            {
                _persistedUpTo[i] = last;
                _replicas[i].Persisted(Now, last, _outputs[i]);
            }
        }
        foreach (var outgoing in copy.Outgoing.Where(o => o.AfterRecord == 0))
        {
            Send(i, copy, outgoing);
        }
        _network.Enqueue(Later);
    }

    private void Send(int from, ReplicaOutput copy, Outgoing outgoing)
    {
        var to = Configuration.PlaceOf(outgoing.To);
        Sent.Add((Now, from, outgoing.AfterRecord > _persistedUpTo[from] ? outgoing : outgoing with { AfterRecord = 0 }));
        if (_cut[from, to] || Drops(from, to, outgoing.Kind))
        {
            return;
        }
        var due = Now + Delays(from, to, outgoing.Kind);
        _network.Enqueue(Arrive);

        void Arrive()
        {
            if (Now < due)
            {
                _network.Enqueue(Arrive);
            }
            else if (!Down[to] && !_cut[from, to])
            {
                Deliver(from, to, copy, outgoing);
            }
        }
    }

    private void Deliver(int from, int to, ReplicaOutput o, Outgoing m)
    {
        var sender = new Sender(Configuration.Voters[from], 1, 1);
        var (r, output) = (_replicas[to], _outputs[to]);
        switch (m.Kind)
        {
            case MessageKind.Prepare: r.Step(Now, sender, o.Prepares[m.Index], output); break;
            case MessageKind.Promise: r.Step(Now, sender, o.Promises[m.Index], output); break;
            case MessageKind.Nack: r.Step(Now, sender, o.Nacks[m.Index], output); break;
            case MessageKind.Accept: r.Step(Now, sender, o.Accepts[m.Index], output); break;
            case MessageKind.Accepted: r.Step(Now, sender, o.Accepteds[m.Index], output); break;
            case MessageKind.Chosen: r.Step(Now, sender, o.Chosens[m.Index], output); break;
            case MessageKind.Heartbeat: r.Step(Now, sender, o.Heartbeats[m.Index], output); break;
            case MessageKind.CatchUp: r.Step(Now, sender, o.CatchUps[m.Index], output); break;
            case MessageKind.Learn: r.Step(Now, sender, o.Learns[m.Index], output); break;
            case MessageKind.Confirm: r.Step(Now, sender, o.Confirms[m.Index], output); break;
            case MessageKind.HandOver: r.Step(Now, sender, o.HandOvers[m.Index], output); break;
            case MessageKind.Confirmed: r.Step(Now, sender, o.Confirmeds[m.Index], output); break;
            case MessageKind.ReadIndex: r.Step(Now, sender, o.ReadIndexes[m.Index], output); break;
            case MessageKind.ReadIndexed: r.Step(Now, sender, o.ReadIndexeds[m.Index], output); break;
            case MessageKind.Forward: r.Step(Now, sender, o.Forwards[m.Index], output); break;
            default: Assert.Fail($"message {m.Kind}"); break;
        }
    }

    private static ReplicaOutput Copy(ReplicaOutput o)
    {
        var copy = new ReplicaOutput();
        copy.Records.AddRange(o.Records);
        copy.Outgoing.AddRange(o.Outgoing);
        copy.Prepares.AddRange(o.Prepares);
        copy.Promises.AddRange(o.Promises);
        copy.Nacks.AddRange(o.Nacks);
        copy.Accepts.AddRange(o.Accepts);
        copy.Accepteds.AddRange(o.Accepteds);
        copy.Chosens.AddRange(o.Chosens);
        copy.Heartbeats.AddRange(o.Heartbeats);
        copy.CatchUps.AddRange(o.CatchUps);
        copy.Learns.AddRange(o.Learns);
        copy.Confirms.AddRange(o.Confirms);
        copy.HandOvers.AddRange(o.HandOvers);
        copy.Confirmeds.AddRange(o.Confirmeds);
        copy.ReadIndexes.AddRange(o.ReadIndexes);
        copy.ReadIndexeds.AddRange(o.ReadIndexeds);
        copy.Forwards.AddRange(o.Forwards);
        return copy;
    }

    private ulong Draw() => _draw = unchecked(_draw * 6364136223846793005 + 1442695040888963407) >> 3 ^ _draw;
}
