namespace Synod.Paxos;

/// <summary>Quorums by enumeration; a grid is one of these.</summary>
internal sealed class ListedQuorums : QuorumSystem
{
    private readonly MemberSet[] _phase1;
    private readonly MemberSet[] _phase2;

    internal ListedQuorums(int voters, IReadOnlyList<MemberSet> phase1, IReadOnlyList<MemberSet> phase2)
        : base(voters)
    {
        _phase1 = CheckedCopy(phase1);
        _phase2 = CheckedCopy(phase2);
        foreach (var first in _phase1)
        {
            foreach (var second in _phase2)
            {
                if (first.Intersect(second) == MemberSet.Empty)
                {
                    throw Missing(first, second, "");
                }
            }
        }
        Phase1Size = _phase1.Min(set => set.Count);
        Phase2Size = _phase2.Min(set => set.Count);
    }

    public override int Phase1Size { get; }

    public override int Phase2Size { get; }

    public override bool IsPhase1Quorum(MemberSet set) => ContainsOneOf(_phase1, set);

    public override bool IsPhase2Quorum(MemberSet set) => ContainsOneOf(_phase2, set);

    internal override void Write(StateWriter writer)
    {
        writer.WriteByte((byte)Kind.Listed);
        WriteSets(writer, _phase1);
        WriteSets(writer, _phase2);
    }

    private static bool ContainsOneOf(MemberSet[] quorums, MemberSet set)
    {
        foreach (var quorum in quorums)
        {
            if (quorum.Intersect(set) == quorum)
            {
                return true;
            }
        }
        return false;
    }

    private MemberSet[] CheckedCopy(IReadOnlyList<MemberSet> quorums)
    {
        if (quorums.Count == 0)
        {
            throw new ArgumentException("Without any quorum nothing is ever chosen.");
        }
        foreach (var quorum in quorums)
        {
            if (quorum == MemberSet.Empty || quorum.Intersect(MemberSet.First(Voters)) != quorum)
            {
                throw new ArgumentException($"{quorum} is not a set of some of the {Voters} voters.");
            }
        }
        return [.. quorums];
    }
}
