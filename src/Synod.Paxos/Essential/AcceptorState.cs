namespace Synod.Paxos.Essential;

/// <summary>
/// All that an acceptor remembers, and all of it must outlive a crash: "the highest-numbered proposal that it has ever
/// accepted and the number of the highest-numbered prepare request to which it has responded" (Lamport 2001, §2.2).
/// </summary>
/// <param name="Promised">Nothing below it is heard any more; never below <paramref name="AcceptedBallot"/>.</param>
/// <param name="AcceptedBallot">The highest ballot accepted, or <see cref="Ballot.None"/>.</param>
/// <param name="AcceptedValue">The value accepted under it; null exactly if nothing was accepted.</param>
public readonly record struct AcceptorState(Ballot Promised, Ballot AcceptedBallot, Value? AcceptedValue)
    : IRecord<AcceptorState>
{
    /// <inheritdoc/>
    public bool Covers(in AcceptorState other) =>
        Promised >= other.Promised && AcceptedBallot >= other.AcceptedBallot;

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.Write(Promised);
        writer.Write(AcceptedBallot);
        if (AcceptedValue is { } value)
        {
            writer.Write(value);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static AcceptorState Read(ref StateReader reader)
    {
        var promised = reader.ReadBallot();
        var accepted = reader.ReadBallot();
        return new AcceptorState(promised, accepted, accepted.IsNone ? null : reader.ReadValue());
    }
}
