using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories;

/// <summary>
/// Real proposers, acceptors and a learner of single-decree Paxos, which do what a script lets happen to them.
/// Processes are counted from 1, as in their names.
/// </summary>
public sealed class PaxosStage
{
    private const uint FirstProposer = 11;
    private readonly List<StoryLine> _lines = [];
    private readonly Configuration _configuration;
    private readonly Value[] _wishes;
    private readonly Proposer[] _proposers;
    private readonly BallotMark[] _marks;
    private readonly Prepare[] _prepares;
    private readonly Accept?[] _accepts;
    private readonly Acceptor[] _acceptors;
    private readonly AcceptorState[] _disks;
    private readonly AcceptorState[] _underWay;
    private readonly List<AfterWrite<AcceptorState, Promise>>[] _heldPromises;
    private readonly Promise?[,] _promises;
    private readonly Accepted?[] _accepted;
    private readonly Learner _learner;

    /// <summary>Sets the stage.</summary>
    /// <param name="wishes">What each proposer wishes for.</param>
    /// <param name="quorums">The acceptors' quorums; null for three acceptors and majorities.</param>
    public PaxosStage(IReadOnlyList<string> wishes, QuorumSystem? quorums = null)
    {
        quorums ??= QuorumSystem.Majority(3);
        var nodes = Enumerable.Range(1, quorums.Voters).Select(number => new NodeId((uint)number)).ToArray();
        _configuration = new Configuration(1, nodes, quorums);
        _wishes = [.. wishes.Select(Value.FromText)];
        _marks = new BallotMark[wishes.Count];
        _prepares = new Prepare[wishes.Count];
        _accepts = new Accept?[wishes.Count];
        _proposers = new Proposer[wishes.Count];
        for (var i = 0; i < wishes.Count; i++)
        {
            StartProposer(i);
        }
        _acceptors = [.. nodes.Select(node => new Acceptor(node, default))];
        _disks = new AcceptorState[nodes.Length];
        _underWay = new AcceptorState[nodes.Length];
        _heldPromises = [.. nodes.Select(_ => new List<AfterWrite<AcceptorState, Promise>>())];
        _promises = new Promise?[wishes.Count, nodes.Length];
        _accepted = new Accepted?[nodes.Length];
        _learner = new Learner(_configuration);
        Lanes =
        [
            .. Enumerable.Range(1, wishes.Count).Select(i => $"p{i}"),
            .. Enumerable.Range(1, nodes.Length).Select(i => $"a{i}"),
            "l",
        ];
    }

    /// <summary>The names of the processes.</summary>
    public IReadOnlyList<string> Lanes { get; }

    /// <summary>The value that was chosen, as the learner knows it.</summary>
    public string? Chosen => _learner.Chosen?.ToString();

    /// <summary>Makes a remark.</summary>
    public void Note(string text) => _lines.Add(new StoryLine(text, null));

    /// <summary>A proposer writes its mark and begins a ballot.</summary>
    public void Begin(int proposer)
    {
        var begun = _proposers[proposer - 1].Prepare();
        _marks[proposer - 1] = begun.Record;
        Check.That(begun.TryRelease(_marks[proposer - 1], out _prepares[proposer - 1]));
        _accepts[proposer - 1] = null;
        var value = _proposers[proposer - 1].Value;
        Tell($"begins ballot {Name(begun.Record.Ballot)}, wants {value}", proposer - 1);
    }

    /// <summary>A Prepare arrives.</summary>
    /// <param name="proposer">From whom.</param>
    /// <param name="acceptor">At whom.</param>
    /// <param name="held">Whether the acceptor's disk takes its time; <see cref="Sync"/> ends that.</param>
    public void Prepare(int proposer, int acceptor, bool held = false)
    {
        var prepare = _prepares[proposer - 1];
        var text = $"Prepare {Name(prepare.Ballot)}";
        if (_acceptors[acceptor - 1].Step(prepare) is not { } promise)
        {
            text += $": silence, it promised {Name(_acceptors[acceptor - 1].State.Promised)}";
        }
        else if (held)
        {
            _underWay[acceptor - 1] = promise.Record;
            _heldPromises[acceptor - 1].Add(promise);
            Check.That(!promise.TryRelease(_disks[acceptor - 1], out _));
            text += ": being written, the answer waits";
        }
        else
        {
            _disks[acceptor - 1] = promise.Record;
            Check.That(promise.TryRelease(_disks[acceptor - 1], out var message));
            _promises[proposer - 1, acceptor - 1] = message;
        }
        Tell(text, AcceptorLane(acceptor), EventMark.Receives, proposer - 1);
    }

    /// <summary>The acceptor's write reaches the disk; what waited for it may leave.</summary>
    public void Sync(int acceptor)
    {
        _disks[acceptor - 1] = _underWay[acceptor - 1];
        foreach (var held in _heldPromises[acceptor - 1])
        {
            Check.That(held.TryRelease(_disks[acceptor - 1], out var promise));
            _promises[(int)(promise.Ballot.Node.Number - FirstProposer), acceptor - 1] = promise;
        }
        Tell($"on disk; {_heldPromises[acceptor - 1].Count} waiting answers may leave", AcceptorLane(acceptor));
        _heldPromises[acceptor - 1].Clear();
    }

    /// <summary>An acceptor's Promise arrives.</summary>
    public void Promise(int acceptor, int proposer)
    {
        Check.That(_promises[proposer - 1, acceptor - 1].HasValue);
        var promise = _promises[proposer - 1, acceptor - 1]!.Value;
        var text = $"Promise {Name(promise.Ballot)}";
        text += promise.AcceptedValue is { } value ? $", accepted {value} at {Name(promise.AcceptedBallot)}" : "";
        text += promise.Ballot == _proposers[proposer - 1].Ballot ? "" : ": too late, ignored";
        if (_proposers[proposer - 1].Step(promise) is { } accept)
        {
            _accepts[proposer - 1] = accept;
            text += $": enough, will propose {accept.Value}";
        }
        Tell(text, proposer - 1, EventMark.Receives, AcceptorLane(acceptor));
    }

    /// <summary>A proposer's Accept arrives.</summary>
    public void Accept(int proposer, int acceptor)
    {
        Check.That(_accepts[proposer - 1].HasValue);
        var accept = _accepts[proposer - 1]!.Value;
        var text = $"Accept {Name(accept.Ballot)} {accept.Value}";
        if (_acceptors[acceptor - 1].Step(accept) is { } accepted)
        {
            _disks[acceptor - 1] = accepted.Record;
            Check.That(accepted.TryRelease(_disks[acceptor - 1], out var message));
            _accepted[acceptor - 1] = message;
        }
        else
        {
            text += $": silence, it promised {Name(_acceptors[acceptor - 1].State.Promised)}";
        }
        Tell(text, AcceptorLane(acceptor), EventMark.Receives, proposer - 1);
    }

    /// <summary>An acceptor's Accepted arrives at the learner.</summary>
    public void Accepted(int acceptor)
    {
        Check.That(_accepted[acceptor - 1].HasValue);
        var accepted = _accepted[acceptor - 1]!.Value;
        var news = _learner.Step(accepted) is not null ? ": chosen" : "";
        Tell(
            $"Accepted {Name(accepted.Ballot)} {accepted.Value}{news}",
            Lanes.Count - 1, EventMark.Receives, AcceptorLane(acceptor));
    }

    /// <summary>Phase 1 with each of some acceptors in turn.</summary>
    public void Phase1(int proposer, params ReadOnlySpan<int> acceptors)
    {
        foreach (var acceptor in acceptors)
        {
            Prepare(proposer, acceptor);
            Promise(acceptor, proposer);
        }
    }

    /// <summary>Phase 2 with each of some acceptors in turn.</summary>
    public void Phase2(int proposer, params ReadOnlySpan<int> acceptors)
    {
        foreach (var acceptor in acceptors)
        {
            Accept(proposer, acceptor);
            Accepted(acceptor);
        }
    }

    /// <summary>What an acceptor sent is lost.</summary>
    public void LoseFrom(int acceptor, string what) => Tell($"{what} is lost", AcceptorLane(acceptor), EventMark.Loses);

    /// <summary>An acceptor crashes and starts again with what its disk holds.</summary>
    public void CrashAcceptor(int acceptor)
    {
        var disk = _disks[acceptor - 1];
        _acceptors[acceptor - 1] = new Acceptor(_configuration.Voters[acceptor - 1], disk);
        _heldPromises[acceptor - 1].Clear();
        var accepted = disk.AcceptedValue is { } value ? $", accepted {value} at {Name(disk.AcceptedBallot)}" : "";
        var memory = disk.Promised.IsNone ? "nothing" : $"promised {Name(disk.Promised)}{accepted}";
        Tell($"crashes, restarts; on disk: {memory}", AcceptorLane(acceptor), EventMark.Crashes);
    }

    /// <summary>A proposer crashes and starts again with the mark on its disk.</summary>
    public void CrashProposer(int proposer)
    {
        StartProposer(proposer - 1);
        Tell($"crashes, restarts; on disk: used {Name(_marks[proposer - 1].Ballot)}", proposer - 1, EventMark.Crashes);
    }

    /// <summary>Ends the story, which must have come out as it was meant to.</summary>
    /// <param name="title">In one line.</param>
    /// <param name="chosen">What must have been chosen; null for nothing.</param>
    public Story End(string title, string? chosen)
    {
        Check.That(Chosen == chosen);
        var closing = chosen is null ? "nothing is chosen yet" : $"{chosen} is chosen, for ever";
        return new Story(title, Lanes, _lines, closing);
    }

    private void StartProposer(int index)
    {
        _proposers[index] = new Proposer(new NodeId(FirstProposer + (uint)index), 1, _configuration, _marks[index]);
        Check.That(_proposers[index].Propose(_wishes[index]) is null);
    }

    private int AcceptorLane(int acceptor) => _proposers.Length + acceptor - 1;

    private void Tell(string text, int lane, EventMark mark = EventMark.Acts, int from = -1) =>
        _lines.Add(new StoryLine(null, new WorldEvent(text, lane, mark, from)));

    private static string Name(Ballot ballot) =>
        string.Create(CultureInfo.InvariantCulture, $"{ballot.Round}.p{ballot.Node.Number - FirstProposer + 1}");
}
