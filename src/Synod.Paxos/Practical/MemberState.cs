using Synod.Paxos.Essential;

namespace Synod.Paxos.Practical;

/// <summary>
/// All that a <see cref="Member"/> must remember across a crash, in one record: what its acceptor has promised and
/// accepted, and the highest ballot that its proposer has tried to issue (Lamport 2001, §2.5). The acceptor's part
/// alone is not enough: a proposer rebuilt from it would begin again at round 1.
/// </summary>
/// <param name="Mark">Of the proposer.</param>
/// <param name="Acceptor">Of the acceptor.</param>
public readonly record struct MemberState(BallotMark Mark, AcceptorState Acceptor) : IRecord<MemberState>
{
    /// <inheritdoc/>
    public bool Covers(in MemberState other) => Mark.Covers(other.Mark) && Acceptor.Covers(other.Acceptor);

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.Write(Mark.Ballot);
        Acceptor.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static MemberState Read(ref StateReader reader) =>
        new(new BallotMark(reader.ReadBallot()), AcceptorState.Read(ref reader));
}
