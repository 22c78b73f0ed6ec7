using Synod.Paxos;
using Synod.Paxos.Fast;

namespace Synod.Explorer.Fast;

/// <summary>
/// Fast Paxos as a world: the real coordinators and acceptors; two clients that want different values, whose proposals
/// may arrive anywhere at any time; messages that stay in the network. Acceptors write at once.
/// </summary>
public sealed partial class FastWorld : IWorld
{
    private const int Prepare = 1;
    private const int Promise = 2;
    private const int Accept = 3;
    private const int Vote = 4;
    private static readonly Value[] Values = [Value.FromText("a"), Value.FromText("b")];
    private readonly FastWorldOptions _options;
    private readonly FastQuorums _quorums;
    private readonly NodeId[] _voters;
    private readonly FastAcceptor[] _acceptors;
    private readonly IFastCoordinatorRole[] _coordinators;
    private readonly FastBallot[] _ballots;
    private readonly MessagePool _pool = new(keepsCopies: true);

    /// <summary>Makes the world.</summary>
    public FastWorld(FastWorldOptions options)
    {
        Check.That(options.Acceptors is >= 1 and <= 5 && options.Ballots.Count is >= 1 and <= 3);
        _options = options;
        _quorums = FastQuorums.WithMajorities(options.Acceptors);
        _voters = [.. Enumerable.Range(1, options.Acceptors).Select(number => new NodeId((uint)number))];
        _acceptors = new FastAcceptor[options.Acceptors];
        _coordinators = new IFastCoordinatorRole[options.Ballots.Count];
        _ballots = new FastBallot[options.Ballots.Count];
        Lanes =
        [
            .. Enumerable.Range(1, _coordinators.Length).Select(i => $"c{i}"),
            .. Enumerable.Range(1, _acceptors.Length).Select(i => $"a{i}"),
        ];
        Reset(0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Lanes { get; }

    /// <inheritdoc/>
    public void Reset(int initial)
    {
        Check.That(initial == 0);
        for (var place = 0; place < _acceptors.Length; place++)
        {
            _acceptors[place] = new FastAcceptor(_voters[place], default);
        }
        for (var i = 0; i < _coordinators.Length; i++)
        {
            _coordinators[i] = _options.MakeCoordinator(new NodeId(11 + (uint)i), _voters, _quorums);
        }
        Array.Clear(_ballots);
        _pool.Clear();
        if (_options.StartsOpen)
        {
            OpenFirstBallot();
        }
    }

    private void OpenFirstBallot()
    {
        Check.That(_options.Ballots[0]);
        BeginBallot(0);
        for (var place = 0; place < _acceptors.Length; place++)
        {
            Apply(new WorldAction(Deliver, place, Code(Prepare, 0)));
        }
        for (var place = 0; place < _acceptors.Length; place++)
        {
            StepCoordinator(0, Code(Promise, 0, acceptor: place));
        }
        for (var place = 0; place < _acceptors.Length; place++)
        {
            Apply(new WorldAction(Deliver, place, Code(Accept, 0)));
        }
        // What is in the network still has happened; nothing of it would change anything any more.
        _pool.Clear();
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer)
    {
        for (var i = 0; i < _coordinators.Length; i++)
        {
            _coordinators[i].Write(writer);
            _ballots[i].Write(writer);
        }
        foreach (var acceptor in _acceptors)
        {
            acceptor.Write(writer);
        }
        _pool.Write(writer);
    }

    /// <inheritdoc/>
    public void Read(ref StateReader reader)
    {
        for (var i = 0; i < _coordinators.Length; i++)
        {
            _coordinators[i].Read(ref reader);
            _ballots[i] = FastBallot.Read(ref reader);
        }
        foreach (var acceptor in _acceptors)
        {
            acceptor.Read(ref reader);
        }
        _pool.Read(ref reader);
    }

    /// <summary>The values (a bit each) that enough acceptors have voted for in one ballot.</summary>
    internal int ChosenBits()
    {
        Span<MemberSet> votes = stackalloc MemberSet[3 * 2];
        votes.Clear();
        var chosen = 0;
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            if (KindOf(code) == Vote)
            {
                ref var set = ref votes[(CoordinatorOf(code) * 2) + ValueOf(code) - 1];
                set = set.With(AcceptorOf(code));
                if (_quorums.Chooses(_ballots[CoordinatorOf(code)], set.Count))
                {
                    chosen |= 1 << (ValueOf(code) - 1);
                }
            }
        }
        return chosen;
    }

    /// <summary>Whether the votes of a fast ballot differ.</summary>
    internal bool Collides()
    {
        for (var i = 1; i < _pool.Count; i++)
        {
            if (KindOf(_pool[i - 1]) == Vote && KindOf(_pool[i]) == Vote
                && CoordinatorOf(_pool[i - 1]) == CoordinatorOf(_pool[i]) && ValueOf(_pool[i - 1]) != ValueOf(_pool[i]))
            {
                return true;
            }
        }
        return false;
    }

    // Kind, coordinator (it stands for its ballot), value, acceptor, and for a Promise the coordinator voted with plus
    // one.
    private static ulong Code(int kind, int coordinator, int value = 0, int acceptor = 0, int voted = 0) =>
        ((ulong)kind << 32) | ((ulong)coordinator << 24) | ((ulong)value << 16) | ((ulong)acceptor << 8) | (uint)voted;

    private static int KindOf(ulong code) => (int)(code >> 32);

    private static int CoordinatorOf(ulong code) => (int)(code >> 24) & 0xff;

    private static int ValueOf(ulong code) => (int)(code >> 16) & 0xff;

    private static int AcceptorOf(ulong code) => (int)(code >> 8) & 0xff;

    private static int VotedOf(ulong code) => (int)code & 0xff;

    private static int CodeOf(Value? value) => value is { } some ? Array.IndexOf(Values, some) + 1 : 0;

    private int CoordinatorOf(FastBallot ballot) => Array.IndexOf(_ballots, ballot);
}

/// <summary>What must hold of Fast Paxos.</summary>
public static class FastProperties
{
    /// <summary>One value is chosen, by fast ballots and classic ones together.</summary>
    public static Property<FastWorld> Agreement { get; } =
        Property.Always<FastWorld>("agreement: one value is chosen", world => world.ChosenBits() != 3);

    /// <summary>Something is chosen.</summary>
    public static Property<FastWorld> SomeValueIsChosen { get; } =
        Property.Sometimes<FastWorld>("a value is chosen", world => world.ChosenBits() != 0);

    /// <summary>Clients collide in a fast ballot.</summary>
    public static Property<FastWorld> Collision { get; } =
        Property.Sometimes<FastWorld>("two values get votes in one ballot", world => world.Collides());

    /// <summary>Clients collide, and a value is chosen all the same.</summary>
    public static Property<FastWorld> Recovered { get; } = Property.Sometimes<FastWorld>(
        "a value is chosen although clients collided", world => world.Collides() && world.ChosenBits() != 0);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Property<FastWorld>> All { get; } =
        [Agreement, SomeValueIsChosen, Collision, Recovered];
}
