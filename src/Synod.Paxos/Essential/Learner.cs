namespace Synod.Paxos.Essential;

/// <summary>
/// The learner of single-decree Paxos (Lamport 2001, §2.3): "a learner must find out that a proposal has been
/// accepted by a majority of acceptors". A proposal is one ballot: the same value under two ballots is not counted
/// together.
/// </summary>
/// <param name="configuration">Who votes, and which sets of voters suffice.</param>
public sealed class Learner(Configuration configuration)
{
    private readonly Ballot[] _latest = new Ballot[configuration.Voters.Count];

    // Ascending by ballot; only ballots that are some acceptor's latest, so never more than there are voters.
    private readonly List<Tally> _tallies = [];

    private readonly record struct Tally(Ballot Ballot, Value Value, MemberSet Voters);

    /// <summary>The value that was chosen, once it is known.</summary>
    public Value? Chosen { get; private set; }

    /// <summary>The ballot under which this learner saw it chosen.</summary>
    public Ballot ChosenBallot { get; private set; }

    /// <summary>
    /// Counts one acceptance. Returns the value at the one step that completes a quorum, otherwise null.
    /// </summary>
    public Value? Step(in Accepted accepted)
    {
        var place = configuration.PlaceOf(accepted.From);
        if (Chosen.HasValue)
        {
            // P2b: under every ballot above a chosen one only the chosen value is ever accepted.
            Check.That(place < 0 || accepted.Ballot < ChosenBallot || accepted.Value == Chosen);
            return null;
        }
        if (place < 0 || accepted.Ballot <= _latest[place])
        {
            return null;
        }
        _latest[place] = accepted.Ballot;
        var voters = Count(accepted, place);
        if (!configuration.Quorums.IsPhase2Quorum(voters))
        {
            return null;
        }
        (Chosen, ChosenBallot) = (accepted.Value, accepted.Ballot);
        _tallies.Clear();
        Array.Clear(_latest);
        return Chosen;
    }

    private MemberSet Count(in Accepted accepted, int place)
    {
        var at = 0;
        while (at < _tallies.Count && _tallies[at].Ballot < accepted.Ballot)
        {
            at++;
        }
        if (at == _tallies.Count || _tallies[at].Ballot != accepted.Ballot)
        {
            _tallies.Insert(at, new Tally(accepted.Ballot, accepted.Value, MemberSet.Empty));
        }
        // One ballot, one value; counting two together would choose neither rightly.
        Check.That(_tallies[at].Value == accepted.Value);
        var voters = _tallies[at].Voters.With(place);
        _tallies[at] = _tallies[at] with { Voters = voters };
        for (var i = _tallies.Count - 1; i >= 0; i--)
        {
            if (Array.IndexOf(_latest, _tallies[i].Ballot) < 0)
            {
                _tallies.RemoveAt(i);
            }
        }
        return voters;
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.Write(ChosenBallot);
        if (Chosen is { } chosen)
        {
            writer.Write(chosen);
            return;
        }
        foreach (var ballot in _latest)
        {
            writer.Write(ballot);
        }
        writer.WriteNumber((ulong)_tallies.Count);
        foreach (var tally in _tallies)
        {
            writer.Write(tally.Ballot);
            writer.Write(tally.Value);
            writer.Write(tally.Voters);
        }
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _tallies.Clear();
        Array.Clear(_latest);
        ChosenBallot = reader.ReadBallot();
        Chosen = ChosenBallot.IsNone ? null : reader.ReadValue();
        if (Chosen.HasValue)
        {
            return;
        }
        for (var place = 0; place < _latest.Length; place++)
        {
            _latest[place] = reader.ReadBallot();
        }
        for (var left = reader.ReadNumber(); left > 0; left--)
        {
            _tallies.Add(new Tally(reader.ReadBallot(), reader.ReadValue(), reader.ReadMemberSet()));
        }
    }
}
