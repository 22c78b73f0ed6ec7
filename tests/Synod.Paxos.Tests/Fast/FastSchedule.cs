using Synod.Paxos.Essential;
using Synod.Paxos.Fast;

namespace Synod.Paxos.Tests.Fast;

/// <summary>Two coordinators, two clients, some acceptors that write at once; numbers from outside choose what
/// happens.</summary>
internal sealed class FastSchedule
{
    private readonly NodeId[] _voters;
    private readonly FastQuorums _quorums;
    private readonly FastAcceptor[] _acceptors;
    private readonly FastCoordinator[] _coordinators;
    private readonly List<Action> _network = [];
    private readonly List<FastVote> _votes = [];
    private readonly FastLearner _learner;

    public FastSchedule(int voters)
    {
        _voters = [.. Enumerable.Range(1, voters).Select(number => new NodeId((uint)number))];
        _quorums = FastQuorums.WithMajorities(voters);
        _acceptors = [.. _voters.Select(voter => new FastAcceptor(voter, default))];
        _coordinators =
        [
            .. Enumerable.Range(8, 2).Select(
                number => new FastCoordinator(new NodeId((uint)number), 1, _voters, _quorums, default)),
        ];
        _learner = new FastLearner(_voters, _quorums);
    }

    public bool IsChosen => ChosenValues().Count > 0;

    public bool SawCollision { get; private set; }

    /// <summary>Mostly an arrival of some message, which stays in the network; sometimes something new.</summary>
    public void Step(int draw)
    {
        var kind = draw % 32;
        var rest = draw / 32;
        if (kind < 28 && _network.Count > 0)
        {
            // The newest are the likelier: a network that is mostly in order.
            var back = Math.Min(rest % 16, _network.Count - 1);
            _network[^(back + 1)]();
        }
        else if (kind is 28 or 29)
        {
            Begin(_coordinators[rest % 2], fast: rest / 2 % 2 == 0);
        }
        else if (kind == 30)
        {
            Propose(Value.FromText(rest % 2 == 0 ? "a" : "b"));
        }
        else
        {
            // A crash: what is open for clients is forgotten, the disk is not.
            var place = rest % _voters.Length;
            _acceptors[place] = new FastAcceptor(_voters[place], _acceptors[place].State);
        }
    }

    public void AssertAgreement()
    {
        var chosen = ChosenValues();
        Assert.True(chosen.Count <= 1, string.Join(", ", chosen));
        Assert.True(_learner.Chosen is not { } learned || chosen.Contains(learned));
    }

    private List<Value> ChosenValues() =>
    [
        .. _votes.Distinct().GroupBy(vote => (vote.Ballot, vote.Value))
            .Where(group => _quorums.Chooses(group.Key.Ballot, group.Count()))
            .Select(group => group.Key.Value).Distinct(),
    ];

    private void Begin(FastCoordinator coordinator, bool fast)
    {
        var begun = coordinator.Prepare(fast);
        Assert.True(begun.TryRelease(begun.Record, out var prepare));
        for (var i = 0; i < _acceptors.Length; i++)
        {
            var place = i;
            _network.Add(() =>
            {
                if (_acceptors[place].Step(prepare) is { } answer)
                {
                    Assert.True(answer.TryRelease(answer.Record, out var promise));
                    _network.Add(() => Send(coordinator.Step(promise)));
                }
            });
        }
    }

    private void Propose(Value value)
    {
        foreach (var coordinator in _coordinators)
        {
            _network.Add(() => Send(coordinator.Step(new FastProposal(value))));
        }
        for (var i = 0; i < _acceptors.Length; i++)
        {
            var place = i;
            _network.Add(() => Vote(_acceptors[place].Step(new FastProposal(value))));
        }
    }

    private void Send(FastAccept? accept)
    {
        for (var i = 0; accept is { } message && i < _acceptors.Length; i++)
        {
            var place = i;
            _network.Add(() => Vote(_acceptors[place].Step(message)));
        }
    }

    private void Vote(AfterWrite<FastAcceptorState, FastVote>? vote)
    {
        if (vote is { } some)
        {
            Assert.True(some.TryRelease(some.Record, out var message));
            _votes.Add(message);
            _learner.Step(message);
            SawCollision |= _learner.SeesCollision;
        }
    }
}
