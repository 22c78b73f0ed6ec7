// A replicated counter: three replicas, each wants to add some numbers; the network loses, doubles and reorders messages.
// A log slot is one instance of basic Paxos. A command goes for one slot until that is decided: never chosen twice.
using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Essential;

var random = new Random(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1);
var cluster = Configuration.OfMajority(3);
var network = new List<Packet>();
var replicas = cluster.Voters.Select(self => new Replica(self, cluster, network.Add)).ToArray();
int[][] wishes = [[1, 2, 3], [10, 20], [100]];
replicas.Zip(wishes).ToList().ForEach(pair => pair.First.Wishes.AddRange(pair.Second));
var steps = 0;
while (replicas.Any(each => each.Wishes.Count > 0 || each.Slot < replicas.Max(one => one.Slot)) && steps++ < 1_000_000)
{
    if (network.Count == 0 || random.Next(40) == 0)
    {
        replicas[random.Next(replicas.Length)].Begin(); // a time-out, somewhere
        continue;
    }
    var at = random.Next(network.Count);
    var packet = network[at];
    if (random.Next(10) > 0)
    {
        network.RemoveAt(at); // else it comes once more
    }
    if (random.Next(10) > 0)
    {
        replicas[packet.To.Number - 1].Receive(packet.Slot, packet.Message); // else it is lost
    }
}
foreach (var replica in replicas)
{
    Console.WriteLine($"{replica.Self}: {string.Join(" + ", replica.Applied)} = {replica.Applied.Sum()}");
}
return replicas.All(each => each.Applied.SequenceEqual(replicas[0].Applied) && each.Applied.Sum() == 136) ? 0 : 1;

internal sealed record Packet(NodeId To, int Slot, object Message);

internal sealed class Replica(NodeId self, Configuration cluster, Action<Packet> send)
{
    private readonly List<(Acceptor Acceptor, Proposer Proposer, Learner Learner)> _slots = [];

    public NodeId Self => self;
    public List<int> Wishes { get; } = [];
    public List<int> Applied { get; } = [];
    public int Slot => Applied.Count; // the first slot that is not known to be decided

    public void Begin()
    {
        // Who has no wish left, or is behind, proposes too: it finds what was chosen, or fills the slot with "add 0".
        var proposer = In(Slot).Proposer;
        var prepare = proposer.Prepare();
        var accept = proposer.Propose(Value.FromText($"{self.Number} {(Wishes.Count > 0 ? Wishes[0] : 0)}"));
        Check.That(prepare.TryRelease(prepare.Record, out var message) && accept is null);
        Broadcast(Slot, message); // a real host writes prepare.Record first
    }

    public void Receive(int slot, object message)
    {
        var (acceptor, proposer, learner) = In(slot);
        switch (message) // a real host writes its.Record before the answer leaves
        {
            case Prepare prepare when acceptor.Step(prepare) is { } its && its.TryRelease(its.Record, out var promise):
                send(new Packet(prepare.Ballot.Node, slot, promise));
                break;
            case Promise promise when proposer.Step(promise) is { } accept:
                Broadcast(slot, accept);
                break;
            case Accept accept when acceptor.Step(accept) is { } its && its.TryRelease(its.Record, out var accepted):
                Broadcast(slot, accepted);
                break;
            case Accepted accepted when learner.Step(accepted) is not null:
                Apply();
                break;
        }
    }

    private void Apply()
    {
        while (In(Slot).Learner.Chosen is { } chosen)
        {
            var words = chosen.ToString().Split(' ');
            Applied.Add(int.Parse(words[1], CultureInfo.InvariantCulture));
            Wishes.RemoveRange(0, words[0] == $"{self.Number}" && words[1] != "0" ? 1 : 0);
        }
    }

    private void Broadcast(int slot, object what) => Array.ForEach([.. cluster.Voters], to => send(new(to, slot, what)));

    private (Acceptor Acceptor, Proposer Proposer, Learner Learner) In(int slot)
    {
        while (_slots.Count <= slot)
        {
            _slots.Add((new Acceptor(self, default), new Proposer(self, 1, cluster, default), new Learner(cluster)));
        }
        return _slots[slot];
    }
}
