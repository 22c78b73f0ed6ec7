using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories;

/// <summary>Longer pieces of a script, crashes, and the end.</summary>
public sealed partial class PaxosStage
{
    /// <summary>Phase 1 with each of some acceptors in turn; who refuses is passed over.</summary>
    public void Phase1(int proposer, params ReadOnlySpan<int> acceptors)
    {
        foreach (var acceptor in acceptors)
        {
            if (Prepare(proposer, acceptor))
            {
                Promise(acceptor, proposer);
            }
        }
    }

    /// <summary>Phase 1 under higher and higher ballots, until the proposer has something to propose.</summary>
    public void Phase1UntilEnough(int proposer, params ReadOnlySpan<int> acceptors)
    {
        for (var attempt = 0; _accepts[proposer - 1] is null; attempt++)
        {
            Check.That(attempt < AttemptsMax);
            Begin(proposer);
            Phase1(proposer, acceptors);
        }
    }

    /// <summary>Phase 2 with each of some acceptors in turn; the first learner hears of it.</summary>
    public void Phase2(int proposer, params ReadOnlySpan<int> acceptors) => Phase2At(1, proposer, acceptors);

    /// <summary>Phase 2 with each of some acceptors in turn; who refuses is passed over.</summary>
    /// <param name="learner">Who hears of it.</param>
    /// <param name="proposer">Who proposes.</param>
    /// <param name="acceptors">To whom.</param>
    public void Phase2At(int learner, int proposer, params ReadOnlySpan<int> acceptors)
    {
        foreach (var acceptor in acceptors)
        {
            if (Accept(proposer, acceptor))
            {
                Accepted(acceptor, learner);
            }
        }
    }

    /// <summary>What an acceptor sent is lost.</summary>
    public void LoseFrom(int acceptor, string what) => Tell($"{what} is lost", AcceptorLane(acceptor), EventMark.Loses);

    /// <summary>An acceptor crashes and starts again with what its disk holds.</summary>
    public void CrashAcceptor(int acceptor)
    {
        var disk = _acceptors[acceptor - 1].Restart(out var told);
        var accepted = disk.AcceptedValue is { } value ? $", accepted {value} at {Name(disk.AcceptedBallot)}" : "";
        var memory = disk.Promised.IsNone ? "nothing" : $"promised {Name(disk.Promised)}{accepted}";
        var files = told.Length > 0 ? $" ({told})" : "";
        Tell($"crashes, restarts; on disk: {memory}{files}", AcceptorLane(acceptor), EventMark.Crashes);
    }

    /// <summary>A proposer crashes and starts again with the mark on its disk.</summary>
    /// <param name="proposer">Which.</param>
    /// <param name="wish">What its client wants now; null for the same as before.</param>
    public void CrashProposer(int proposer, string? wish = null)
    {
        var mark = _marks[proposer - 1];
        _proposers[proposer - 1].Restart(mark);
        _wishes[proposer - 1] = wish ?? _wishes[proposer - 1];
        _accepts[proposer - 1] = _proposers[proposer - 1].Propose(Value.FromText(_wishes[proposer - 1]));
        var memory = mark.Ballot.IsNone ? "no ballot" : $"used {Name(mark.Ballot)}";
        var news = wish is null ? "" : $"; is asked for {wish} now";
        Tell($"crashes, restarts; on disk: {memory}{news}", proposer - 1, EventMark.Crashes);
    }

    /// <summary>Ends the story, which must have come out as it was meant to.</summary>
    /// <param name="title">In one line.</param>
    /// <param name="chosen">What must have been chosen; null for nothing.</param>
    public Story End(string title, string? chosen)
    {
        Check.That(_judge.Agrees && Learned.Any(learned => learned == chosen));
        Check.That(chosen is null ? Chosen.Count == 0 : Chosen[0] == chosen);
        var closing = chosen is null ? "nothing is chosen yet" : $"{chosen} is chosen, for ever";
        return new Story(title, Lanes, _lines, closing);
    }

    private void ShowToJudge(in Accepted accepted)
    {
        var isSecondChoice = _judge.Take(accepted, out var rival);
        if (rival is { } other)
        {
            var place = _configuration.PlaceOf(accepted.From);
            Violate(
                $"ONE BALLOT, TWO VALUES: under {Name(accepted.Ballot)} a{other.Place + 1} accepted {other.Value} and "
                + $"a{place + 1} {accepted.Value}",
                MemberSet.Empty.With(other.Place).With(place));
        }
        if (isSecondChoice)
        {
            var (before, now) = (_judge.Choices[^2], _judge.Choices[^1]);
            Violate(
                $"TWO VALUES ARE CHOSEN: {Told(before)}, and {Told(now)}",
                new MemberSet(before.Voters.Bits | now.Voters.Bits));
        }
    }

    private void Violate(string text, MemberSet acceptors) =>
        _lines.Add(StoryLine.Violation(text, new MemberSet(acceptors.Bits << _proposers.Length)));

    private string Told(AgreementJudge.Choice choice)
    {
        var voters = Enumerable.Range(0, _acceptors.Length).Where(choice.Voters.Contains).Select(i => $"a{i + 1}");
        return $"{choice.Value} by {string.Join(" and ", voters)} under {Name(choice.Ballot)}";
    }
}
