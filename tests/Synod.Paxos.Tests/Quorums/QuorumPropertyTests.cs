using FsCheck;
using FsCheck.Fluent;

namespace Synod.Paxos.Tests.Quorums;

/// <summary>Random systems, each judged by the real implementation and by one that enumerates all sets.</summary>
public class QuorumPropertyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(500);

    private static Gen<(int[] Weights, int Phase1, int Phase2)> WeightedCases =>
        from count in Gen.Choose(1, 7)
        from weights in Gen.Choose(0, 6).ArrayOf(count)
        from phase1 in Gen.Choose(1, Math.Max(1, weights.Sum()))
        from phase2 in Gen.Choose(1, Math.Max(1, weights.Sum()))
        select (weights, phase1, phase2);

    private static Gen<(int Voters, uint[] Phase1, uint[] Phase2)> ListedCases =>
        from voters in Gen.Choose(1, 6)
        from first in Gen.Choose(1, (1 << voters) - 1).NonEmptyListOf()
        from second in Gen.Choose(1, (1 << voters) - 1).NonEmptyListOf()
        select (voters, first.Take(3).Select(set => (uint)set).ToArray(), second.Take(3).Select(set => (uint)set).ToArray());

    [Fact]
    public void Weighted_systems_are_judged_as_by_enumerating_all_sets()
    {
        int accepted = 0, refused = 0;
        Prop.ForAll(Arb.From(WeightedCases), sample =>
        {
            if (sample.Weights.Sum() == 0)
            {
                Assert.Throws<ArgumentException>(
                    () => QuorumSystem.Weighted(sample.Weights, sample.Phase1, sample.Phase2));
                return;
            }
            var dumb = DumbQuorums.OfWeights(sample.Weights, sample.Phase1, sample.Phase2);
            Compare(
                dumb, () => QuorumSystem.Weighted(sample.Weights, sample.Phase1, sample.Phase2),
                ref accepted, ref refused);
        }).Check(Many);
        Assert.True(accepted > 50 && refused > 50, $"one-sided: {accepted} accepted, {refused} refused");
    }

    [Fact]
    public void Listed_systems_are_judged_as_by_enumerating_all_sets()
    {
        int accepted = 0, refused = 0;
        Prop.ForAll(Arb.From(ListedCases), sample =>
        {
            var dumb = DumbQuorums.OfLists(sample.Voters, sample.Phase1, sample.Phase2);
            Compare(
                dumb,
                () => QuorumSystem.Listed(
                    sample.Voters,
                    [.. sample.Phase1.Select(set => new MemberSet(set))],
                    [.. sample.Phase2.Select(set => new MemberSet(set))]),
                ref accepted, ref refused);
        }).Check(Many);
        Assert.True(accepted > 50 && refused > 50, $"one-sided: {accepted} accepted, {refused} refused");
    }

    private static void Compare(DumbQuorums dumb, Func<QuorumSystem> make, ref int accepted, ref int refused)
    {
        QuorumSystem? system = null;
        var refusal = Record.Exception(() => system = make());
        Assert.Equal(dumb.AllPairsMeet, refusal is null);
        if (system is not null)
        {
            accepted++;
            dumb.AssertAgrees(system);
            return;
        }
        refused++;
        dumb.AssertIsCounterExample(Assert.IsType<ArgumentException>(refusal).Message);
    }
}
