using Synod.Paxos.Essential;
using Synod.Paxos.Functional;
using Synod.Paxos.Practical;
using Member = Synod.Paxos.Functional.Member;
using Outcome = Synod.Paxos.Functional.Outcome;

namespace Synod.Paxos.Tests.Functional;

/// <summary>A message on its way; to all members if there is no addressee.</summary>
internal readonly record struct Letter(NodeId? To, object Body);

/// <summary>
/// Three members in one process, in seconds of their own: a host in small, with outboxes, disks and a network that
/// loses, doubles and reorders by a seed. What a test calls crash loses memory, waiting messages, and perhaps the write
/// under way.
/// </summary>
internal sealed class Cluster
{
    public static readonly LeadershipOptions Options = new()
    {
        HeartbeatPeriod = TimeSpan.FromSeconds(1),
        LivenessWindow = TimeSpan.FromSeconds(3),
        AttemptTimeout = TimeSpan.FromSeconds(2),
        BackoffMin = TimeSpan.FromSeconds(4),
        BackoffMax = TimeSpan.FromSeconds(16),
    };

    private readonly Random _random;
    private readonly Place[] _places;
    private readonly List<(NodeId From, NodeId To, object Body)> _wire = [];

    private sealed class Place(NodeId node)
    {
        public NodeId Node { get; } = node;

        public MemberState Disk { get; set; }

        public Member? Member { get; set; }

        public Outbox<MemberState, Letter> Outbox { get; set; } = new(default);
    }

    public Cluster(int seed, int members = 3)
    {
        _random = new Random(seed);
        Configuration = Configuration.OfMajority(members);
        _places = [.. Configuration.Voters.Select(node => new Place(node))];
        foreach (var node in Configuration.Voters)
        {
            Start(node);
        }
    }

    public Configuration Configuration { get; }

    public Instant Now { get; private set; } = new(1_000_000_000);

    /// <summary>Of a hundred messages so many are lost, and as many doubled.</summary>
    public int LossPercent { get; set; }

    /// <summary>A planted bug: who starts again has an empty disk.</summary>
    public bool DisksForget { get; set; }

    /// <summary>Who hears nobody and is heard by nobody.</summary>
    public HashSet<NodeId> Isolated { get; } = [];

    /// <summary>Every value that any member ever learned to be chosen.</summary>
    public HashSet<Value> EverChosen { get; } = [];

    /// <summary>Every ballot of a Prepare that left, with the life that sent it.</summary>
    public List<Ballot> Prepared { get; } = [];

    public Member? this[NodeId node] => _places[Configuration.PlaceOf(node)].Member;

    public void Start(NodeId node)
    {
        var place = _places[Configuration.PlaceOf(node)];
        place.Outbox = new Outbox<MemberState, Letter>(place.Disk);
        place.Member = new Member(node, 1, Configuration, place.Disk, Options, Now);
    }

    public void Crash(NodeId node)
    {
        var place = _places[Configuration.PlaceOf(node)];
        if (place.Outbox.UnderWay is { } write && _random.Next(2) == 0)
        {
            place.Disk = write;
        }
        place.Disk = DisksForget ? default : place.Disk;
        place.Member = null;
    }

    public void Propose(NodeId node, string value) =>
        Post(node, this[node]!.Propose(Value.FromText(value)));

    /// <summary>A second passes: clocks tick, and what is under way arrives in any order.</summary>
    public void Second()
    {
        Now += TimeSpan.FromSeconds(1);
        foreach (var place in _places)
        {
            if (place.Member is { } member)
            {
                Do(place, member.Tick(Now, (ulong)_random.NextInt64(long.MinValue, long.MaxValue)));
            }
        }
        // Bounded: a second has room for a few rounds.
        for (var left = 200; left > 0 && _wire.Count > 0; left--)
        {
            var at = _random.Next(_wire.Count);
            var (from, to, body) = _wire[at];
            _wire.RemoveAt(at);
            if (Isolated.Contains(from) != Isolated.Contains(to) || (Isolated.Contains(from) && from != to)
                || _random.Next(100) < LossPercent)
            {
                continue;
            }
            if (_random.Next(100) < LossPercent)
            {
                _wire.Add((from, to, body));
            }
            Deliver(_places[Configuration.PlaceOf(to)], body);
            WriteSomewhere();
        }
        WriteEverywhere();
    }

    public bool SecondsUntil(Func<bool> condition, int secondsMax)
    {
        for (var i = 0; i < secondsMax && !condition(); i++)
        {
            Second();
        }
        return condition();
    }

    public bool AllKnow(string value) =>
        _places.All(place => place.Member?.Chosen == Value.FromText(value));

    private void Deliver(Place place, object body)
    {
        if (place.Member is not { } member)
        {
            return;
        }
        var draw = (ulong)_random.NextInt64(long.MinValue, long.MaxValue);
        switch (body)
        {
            case Prepare prepare:
                Answer(place, member.Step(prepare, Now), to: prepare.Ballot.Node);
                break;
            case Accept accept:
                Answer(place, member.Step(accept), to: accept.Ballot.Node, all: true);
                break;
            case Promise promise:
                Do(place, member.Step(promise, Now));
                break;
            case Nack nack:
                member.Step(nack, Now, draw);
                break;
            case Heartbeat heartbeat:
                member.Step(heartbeat, Now);
                break;
            default:
                if (member.Step((Accepted)body) is { } chosen)
                {
                    EverChosen.Add(chosen);
                }
                break;
        }
    }

    private void Do(Place place, Outcome outcome)
    {
        if (outcome.Prepare is { } prepare)
        {
            place.Outbox.Add(prepare.Within(prepare.Record, static message => new Letter(null, message)));
        }
        Post(place.Node, outcome.Accept);
        Post(place.Node, outcome.Heartbeat);
        Flush(place);
    }

    private void Answer<TReply>(Place place, Answer<MemberState, TReply> answer, NodeId to, bool all = false)
        where TReply : struct
    {
        if (answer.Reply is { } reply)
        {
            place.Outbox.Add(reply.Within(reply.Record, message => new Letter(all ? null : to, message)));
        }
        if (answer.Nack is { } nack)
        {
            _wire.Add((place.Node, to, nack));
        }
        Flush(place);
    }

    private void Post<TMessage>(NodeId from, TMessage? message)
        where TMessage : struct
    {
        if (message is { } body)
        {
            Send(from, new Letter(null, body));
        }
    }

    private void Send(NodeId from, Letter letter)
    {
        if (letter.Body is Prepare prepare)
        {
            Prepared.Add(prepare.Ballot);
        }
        foreach (var node in Configuration.Voters)
        {
            if (letter.To is null || letter.To == node)
            {
                _wire.Add((from, node, letter.Body));
            }
        }
    }

    private void Flush(Place place)
    {
        while (place.Outbox.TryTake(out var letter))
        {
            Send(place.Node, letter);
        }
        place.Outbox.TryBeginWrite(out _);
    }

    private void WriteSomewhere()
    {
        var place = _places[_random.Next(_places.Length)];
        if (place.Member is not null && place.Outbox.IsWriting)
        {
            place.Outbox.Written();
            place.Disk = place.Outbox.Durable;
            Flush(place);
        }
    }

    private void WriteEverywhere()
    {
        foreach (var place in _places)
        {
            while (place.Member is not null && place.Outbox.IsWriting)
            {
                place.Outbox.Written();
                place.Disk = place.Outbox.Durable;
                Flush(place);
            }
        }
    }
}
