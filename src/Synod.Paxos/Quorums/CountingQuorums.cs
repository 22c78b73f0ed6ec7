using System.Globalization;

namespace Synod.Paxos;

/// <summary>Any so many voters: majorities and flexible quorums.</summary>
internal sealed class CountingQuorums : QuorumSystem
{
    internal CountingQuorums(int voters, int phase1Size, int phase2Size)
        : base(voters)
    {
        if (phase1Size < 1 || phase1Size > voters || phase2Size < 1 || phase2Size > voters)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Quorums of {phase1Size} and {phase2Size} are not possible among {voters} voters."));
        }
        if (phase1Size + phase2Size <= voters)
        {
            throw Missing(
                MemberSet.First(phase1Size),
                new MemberSet(MemberSet.First(phase2Size).Bits << phase1Size),
                string.Create(CultureInfo.InvariantCulture, $" The sizes must add up to more than {voters}."));
        }
        (Phase1Size, Phase2Size) = (phase1Size, phase2Size);
    }

    public override int Phase1Size { get; }

    public override int Phase2Size { get; }

    public override bool IsPhase1Quorum(MemberSet set) => Votes(set) >= Phase1Size;

    public override bool IsPhase2Quorum(MemberSet set) => Votes(set) >= Phase2Size;

    internal override void Write(StateWriter writer)
    {
        writer.WriteByte((byte)Kind.Counting);
        writer.WriteNumber((ulong)Phase1Size);
        writer.WriteNumber((ulong)Phase2Size);
    }

    private int Votes(MemberSet set) => set.Intersect(MemberSet.First(Voters)).Count;
}
