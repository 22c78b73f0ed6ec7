using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories;

/// <summary>
/// Looks on and keeps the count that no process can: every acceptance that was ever answered, whether or not its
/// acceptor still knows of it. Shares no code with what it judges.
/// </summary>
/// <param name="configuration">Who votes, and which sets of voters choose.</param>
public sealed class AgreementJudge(Configuration configuration)
{
    private readonly List<Vote> _votes = [];
    private readonly List<Choice> _choices = [];

    private readonly record struct Vote(Ballot Ballot, Value Value, int Place);

    /// <summary>A value that some quorum has accepted under one ballot.</summary>
    /// <param name="Ballot">The ballot.</param>
    /// <param name="Value">The value.</param>
    /// <param name="Voters">Who had accepted it by then.</param>
    public readonly record struct Choice(Ballot Ballot, Value Value, MemberSet Voters);

    /// <summary>
    /// What was chosen, in this order: the first, and then each that differs from the one before it. "Only a single
    /// value is chosen" (Lamport 2001, §2.1): more than one is a violation.
    /// </summary>
    public IReadOnlyList<Choice> Choices => _choices;

    /// <summary>Whether all that is chosen is one value.</summary>
    public bool Agrees => _choices.Count < 2;

    /// <summary>An acceptor has answered that it accepted.</summary>
    /// <param name="accepted">Its answer.</param>
    /// <param name="rival">
    /// Who had accepted another value under the same ballot, where this is the first acceptance of its value under it:
    /// a ballot is bound to one value.
    /// </param>
    /// <returns>Whether another value than the one before is chosen by this.</returns>
    public bool Take(in Accepted accepted, out (int Place, Value Value)? rival)
    {
        var (ballot, value) = (accepted.Ballot, accepted.Value);
        var others = _votes.FindIndex(vote => vote.Ballot == ballot && vote.Value != value);
        var isFirst = !_votes.Exists(vote => vote.Ballot == ballot && vote.Value == value);
        rival = others < 0 || !isFirst ? null : (_votes[others].Place, _votes[others].Value);
        _votes.Add(new Vote(ballot, value, configuration.PlaceOf(accepted.From)));
        var voters = default(MemberSet);
        foreach (var vote in _votes.Where(vote => vote.Ballot == ballot && vote.Value == value))
        {
            voters = voters.With(vote.Place);
        }
        if (!configuration.Quorums.IsPhase2Quorum(voters) || (_choices.Count > 0 && _choices[^1].Value == value))
        {
            return false;
        }
        _choices.Add(new Choice(ballot, value, voters));
        return _choices.Count > 1;
    }
}
