using Synod.Paxos.Essential;

namespace Synod.Paxos.Practical;

/// <summary>
/// The learner of <see cref="Essential"/>, which also knows who has accepted what was chosen, and tells the chosen
/// value to everybody who is still voting.
/// </summary>
/// <param name="configuration">Who votes, and which sets of voters suffice.</param>
public sealed class Learner(Configuration configuration)
{
    private readonly Essential.Learner _paper = new(configuration);
    private readonly Ballot[] _latest = new Ballot[configuration.Voters.Count];

    /// <summary>The value that was chosen, once it is known.</summary>
    public Value? Chosen => _paper.Chosen;

    /// <summary>The ballot under which this learner saw it chosen.</summary>
    public Ballot ChosenBallot => _paper.ChosenBallot;

    /// <summary>
    /// Who is known to hold the chosen value, accepted under the chosen ballot or a higher one. An acceptance of equal
    /// bytes under a lower ballot does not count: a higher ballot could have overwritten it.
    /// </summary>
    public MemberSet Acceptors { get; private set; }

    /// <summary>
    /// Counts one acceptance (Lamport 2001, §2.3). Returns the chosen value at the step that completes a quorum and at
    /// every later one, so that who still votes can be told; null before.
    /// </summary>
    public Value? Step(in Accepted accepted)
    {
        var place = configuration.PlaceOf(accepted.From);
        var wasChosen = Chosen.HasValue;
        if (place >= 0 && accepted.Ballot > _latest[place])
        {
            _latest[place] = accepted.Ballot;
        }
        _paper.Step(accepted);
        if (Chosen is null)
        {
            return null;
        }
        if (!wasChosen)
        {
            for (var i = 0; i < _latest.Length; i++)
            {
                Acceptors = _latest[i] == ChosenBallot ? Acceptors.With(i) : Acceptors;
            }
        }
        else if (place >= 0 && accepted.Ballot >= ChosenBallot)
        {
            // By P2b it is the same value; the paper's learner has checked that.
            Acceptors = Acceptors.With(place);
        }
        return Chosen;
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        _paper.Write(writer);
        writer.Write(Acceptors);
        foreach (var ballot in _latest)
        {
            writer.Write(ballot);
        }
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _paper.Read(ref reader);
        Acceptors = reader.ReadMemberSet();
        for (var i = 0; i < _latest.Length; i++)
        {
            _latest[i] = reader.ReadBallot();
        }
    }
}
