using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories;

/// <summary>
/// Real participants, acceptors, a recovery and a learner of one transaction of Paxos Commit, which do what a script
/// lets happen to them. Two participants (rm1, rm2), three acceptors, one node that recovers.
/// </summary>
public sealed class CommitStage
{
    private static readonly NodeId[] Participants = [new(11), new(12)];
    private static readonly NodeId Recoverer = new(21);
    private readonly List<StoryLine> _lines = [];
    private readonly Configuration _configuration = Configuration.OfMajority(3);
    private readonly Transaction _transaction = new(new TransactionId(Participants[0], 1), Participants);
    private readonly Participant[] _participants;
    private readonly InInstance<Accept>[] _votes = new InInstance<Accept>[2];
    private readonly CommitAcceptor[] _acceptors;
    private readonly OutcomeLearner _learner;
    private readonly Recovery _recovery;
    private readonly List<InInstance<Accept>> _proposed = [];
    private Prepare _prepare;

    /// <summary>Sets the stage.</summary>
    public CommitStage()
    {
        _participants = [.. Participants.Select(self => new Participant(self, _transaction, default))];
        _acceptors = [.. _configuration.Voters.Select(voter => new CommitAcceptor(voter, new CommitLimits()))];
        _learner = new OutcomeLearner(_configuration, _transaction);
        // It is another node than the learner's, and has heard nothing.
        _recovery = new Recovery(
            Recoverer, 1, _configuration, _transaction, new OutcomeLearner(_configuration, _transaction), default);
    }

    private static IReadOnlyList<string> Lanes { get; } = ["rm1", "rm2", "r", "a1", "a2", "a3", "l"];

    /// <summary>Makes a remark.</summary>
    public void Note(string text) => _lines.Add(StoryLine.Remark(text));

    /// <summary>A participant votes; its disk writes at once.</summary>
    public void Vote(int participant, Vote vote)
    {
        var cast = _participants[participant - 1].Cast(vote);
        Check.That(cast.TryRelease(cast.Record, out _votes[participant - 1]));
        Tell($"writes {vote}, sends its vote", participant - 1);
    }

    /// <summary>A participant's vote arrives at acceptors, and their word at the learner.</summary>
    public void Deliver(int participant, params ReadOnlySpan<int> acceptors)
    {
        foreach (var acceptor in acceptors)
        {
            Deliver(_votes[participant - 1], participant - 1, acceptor);
        }
    }

    /// <summary>A participant dies and stays dead.</summary>
    public void Die(int participant) => Tell("dies", participant - 1, EventMark.Crashes);

    /// <summary>The recovery runs phase 1 with some acceptors.</summary>
    public void Recover(params ReadOnlySpan<int> acceptors)
    {
        var begun = _recovery.Begin();
        Check.That(begun.TryRelease(begun.Record, out _prepare));
        Tell($"begins ballot {_prepare.Ballot.Round - Transaction.ParticipantRound} for both instances", 2);
        foreach (var acceptor in acceptors)
        {
            Tell("Prepare 1 for rm1 and rm2", acceptor + 2, EventMark.Receives, 2);
            var found = new List<string>();
            for (var place = 0; place < Participants.Length; place++)
            {
                var asked = new InInstance<Prepare>(_transaction.InstanceOf(place), _prepare);
                var reply = _acceptors[acceptor - 1].Step(asked).Reply!.Value;
                Check.That(reply.TryRelease(reply.Record, out var promise));
                var what = promise.Message.AcceptedValue is { } value ? $"{Votes.Of(value)}" : "free";
                found.Add($"rm{place + 1} {what}");
                if (_recovery.Step(promise) is { } accept)
                {
                    _proposed.Add(accept);
                }
            }
            Tell($"Promise 1: {string.Join(", ", found)}", 2, EventMark.Receives, acceptor + 2);
        }
    }

    /// <summary>What the recovery proposes arrives at acceptors, and their word at the learner.</summary>
    public void Finish(params ReadOnlySpan<int> acceptors)
    {
        foreach (var accept in _proposed)
        {
            foreach (var acceptor in acceptors)
            {
                Deliver(accept, 2, acceptor);
            }
        }
    }

    /// <summary>Ends the story, which must have come out as it was meant to.</summary>
    public Story End(string title, Outcome outcome)
    {
        Check.That(_learner.Outcome == outcome);
        return new Story(title, Lanes, _lines, $"the transaction is {outcome}, for everybody and for ever");
    }

    private void Deliver(InInstance<Accept> accept, int fromLane, int acceptor)
    {
        var ballot = accept.Message.Ballot.Round - Transaction.ParticipantRound;
        var vote = string.Create(
            CultureInfo.InvariantCulture,
            $"{ballot} rm{_transaction.PlaceOf(accept.Instance.Participant) + 1} {Votes.Of(accept.Message.Value)}");
        if (_acceptors[acceptor - 1].Step(accept).Reply is not { } reply)
        {
            Tell($"Accept {vote}: silence, it promised 1", acceptor + 2, EventMark.Receives, fromLane);
            return;
        }
        Tell($"Accept {vote}", acceptor + 2, EventMark.Receives, fromLane);
        Check.That(reply.TryRelease(reply.Record, out var accepted));
        var place = _transaction.PlaceOf(accept.Instance.Participant);
        var before = _learner.ChosenAt(place);
        var news = _learner.Step(accepted)?.Outcome is { } outcome ? $": chosen, {outcome}"
            : before is null && _learner.ChosenAt(place) is not null ? ": chosen" : "";
        Tell($"Accepted {vote}{news}", Lanes.Count - 1, EventMark.Receives, acceptor + 2);
    }

    private void Tell(string text, int lane, EventMark mark = EventMark.Acts, int from = -1) =>
        _lines.Add(StoryLine.Event(new WorldEvent(text, lane, mark, from)));
}
