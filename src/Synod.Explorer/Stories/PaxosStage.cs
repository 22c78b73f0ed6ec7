using System.Globalization;
using Synod.Explorer.Essential;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories;

/// <summary>
/// Proposers, acceptors and learners of single-decree Paxos, which do what a script lets happen to them; real ones
/// unless the cast says otherwise. Processes are counted from 1, as in their names.
/// </summary>
public sealed partial class PaxosStage
{
    private const uint FirstProposer = 11;
    private const int AttemptsMax = 3;
    private readonly List<StoryLine> _lines = [];
    private readonly Configuration _configuration;
    private readonly string[] _wishes;
    private readonly IProposerRole[] _proposers;
    private readonly BallotMark[] _marks;
    private readonly Prepare[] _prepares;
    private readonly Accept?[] _accepts;
    private readonly StageAcceptor[] _acceptors;
    private readonly Promise?[,] _promises;
    private readonly Accepted?[] _accepted;
    private readonly Learner[] _learners;
    private readonly AgreementJudge _judge;

    /// <summary>Sets the stage.</summary>
    /// <param name="cast">Who plays.</param>
    public PaxosStage(StageCast cast)
    {
        var nodes = Enumerable.Range(1, cast.Quorums.Voters).Select(number => new NodeId((uint)number)).ToArray();
        var proposers = cast.Wishes.Count;
        _wishes = [.. cast.Wishes];
        _configuration = new Configuration(1, nodes, cast.Quorums);
        _judge = new AgreementJudge(_configuration);
        _marks = new BallotMark[proposers];
        _prepares = new Prepare[proposers];
        _accepts = new Accept?[proposers];
        _proposers = new IProposerRole[proposers];
        for (var i = 0; i < proposers; i++)
        {
            _proposers[i] = cast.MakeProposer(new NodeId(FirstProposer + (uint)i), _configuration);
            Check.That(_proposers[i].Propose(Value.FromText(cast.Wishes[i])) is null);
        }
        _acceptors = [.. nodes.Select(node => new StageAcceptor(cast.MakeAcceptor(node), cast.MakeDisk(node)))];
        _promises = new Promise?[proposers, nodes.Length];
        _accepted = new Accepted?[nodes.Length];
        _learners = [.. Enumerable.Range(0, cast.Learners).Select(_ => new Learner(_configuration))];
        Lanes =
        [
            .. Enumerable.Range(1, proposers).Select(i => $"p{i}"),
            .. Enumerable.Range(1, nodes.Length).Select(i => $"a{i}"),
            .. Enumerable.Range(1, cast.Learners).Select(i => cast.Learners == 1 ? "l" : $"l{i}"),
        ];
    }

    /// <summary>The names of the processes.</summary>
    public IReadOnlyList<string> Lanes { get; }

    /// <summary>What has happened so far.</summary>
    public IReadOnlyList<StoryLine> Lines => _lines;

    /// <summary>The values that are chosen, in order: a second one is a violation. Found by who looks on.</summary>
    public IReadOnlyList<string> Chosen => [.. _judge.Choices.Select(choice => choice.Value.ToString())];

    /// <summary>What each learner knows to be chosen; null for one that knows of nothing.</summary>
    public IReadOnlyList<string?> Learned => [.. _learners.Select(learner => learner.Chosen?.ToString())];

    /// <summary>Makes a remark.</summary>
    public void Note(string text) => _lines.Add(StoryLine.Remark(text));

    /// <summary>A proposer writes its mark and begins a ballot.</summary>
    public void Begin(int proposer)
    {
        var begun = _proposers[proposer - 1].Prepare();
        _marks[proposer - 1] = begun.Record;
        Check.That(begun.TryRelease(_marks[proposer - 1], out _prepares[proposer - 1]));
        _accepts[proposer - 1] = null;
        Tell($"begins ballot {Name(_prepares[proposer - 1].Ballot)}, wants {_wishes[proposer - 1]}", proposer - 1);
    }

    /// <summary>A client asks a proposer for a value, after what the proposer was doing has timed out.</summary>
    public void Wish(int proposer, string value)
    {
        _wishes[proposer - 1] = value;
        _accepts[proposer - 1] = _proposers[proposer - 1].Propose(Value.FromText(value));
        var news = _accepts[proposer - 1] is { } accept
            ? $"sends it under ballot {Name(accept.Ballot)}, which it has"
            : "needs a new ballot first";
        Tell($"is asked for {value}: {news}", proposer - 1);
    }

    /// <summary>A Prepare arrives.</summary>
    /// <param name="proposer">From whom.</param>
    /// <param name="acceptor">At whom.</param>
    /// <param name="held">Whether the acceptor's disk takes its time; <see cref="Sync"/> ends that.</param>
    /// <returns>Whether a Promise leaves.</returns>
    public bool Prepare(int proposer, int acceptor, bool held = false)
    {
        var prepare = _prepares[proposer - 1];
        var promise = _acceptors[acceptor - 1].Step(prepare, held, out var told);
        Tell(
            $"Prepare {Name(prepare.Ballot)}{told}", AcceptorLane(acceptor), EventMark.Receives, proposer - 1);
        if (promise is not null)
        {
            _promises[proposer - 1, acceptor - 1] = promise;
        }
        return promise is not null;
    }

    /// <summary>The acceptor's write reaches the disk; what waited for it may leave.</summary>
    public void Sync(int acceptor)
    {
        var promises = _acceptors[acceptor - 1].Sync();
        foreach (var promise in promises)
        {
            _promises[(int)(promise.Ballot.Node.Number - FirstProposer), acceptor - 1] = promise;
        }
        Tell($"on disk; {promises.Count} waiting answers may leave", AcceptorLane(acceptor));
    }

    /// <summary>An acceptor's Promise arrives.</summary>
    public void Promise(int acceptor, int proposer)
    {
        Check.That(_promises[proposer - 1, acceptor - 1].HasValue);
        var promise = _promises[proposer - 1, acceptor - 1]!.Value;
        var text = $"Promise {Name(promise.Ballot)}";
        text += promise.AcceptedValue is { } value ? $", accepted {value} at {Name(promise.AcceptedBallot)}" : "";
        text += promise.Ballot == _prepares[proposer - 1].Ballot ? "" : ": too late, ignored";
        if (_proposers[proposer - 1].Step(promise) is { } accept)
        {
            _accepts[proposer - 1] = accept;
            text += $": enough, will propose {accept.Value}";
        }
        Tell(text, proposer - 1, EventMark.Receives, AcceptorLane(acceptor));
    }

    /// <summary>A proposer's Accept arrives.</summary>
    /// <returns>Whether an Accepted leaves.</returns>
    public bool Accept(int proposer, int acceptor)
    {
        Check.That(_accepts[proposer - 1].HasValue);
        var accept = _accepts[proposer - 1]!.Value;
        var accepted = _acceptors[acceptor - 1].Step(accept, out var told);
        Tell(
            $"Accept {Name(accept.Ballot)} {accept.Value}{told}",
            AcceptorLane(acceptor), EventMark.Receives, proposer - 1);
        if (accepted is { } answer)
        {
            _accepted[acceptor - 1] = answer;
            ShowToJudge(answer);
        }
        return accepted is not null;
    }

    /// <summary>An acceptor's Accepted arrives at a learner.</summary>
    public void Accepted(int acceptor, int learner = 1)
    {
        Check.That(_accepted[acceptor - 1].HasValue);
        var accepted = _accepted[acceptor - 1]!.Value;
        var news = _learners[learner - 1].Step(accepted) is not null ? ": chosen" : "";
        Tell(
            $"Accepted {Name(accepted.Ballot)} {accepted.Value}{news}",
            AcceptorLane(_acceptors.Length + learner), EventMark.Receives, AcceptorLane(acceptor));
    }

    private int AcceptorLane(int acceptor) => _proposers.Length + acceptor - 1;

    private void Tell(string text, int lane, EventMark mark = EventMark.Acts, int from = -1) =>
        _lines.Add(StoryLine.Event(new WorldEvent(text, lane, mark, from)));

    internal static string Name(Ballot ballot) =>
        string.Create(CultureInfo.InvariantCulture, $"{ballot.Round}.p{ballot.Node.Number - FirstProposer + 1}");
}
