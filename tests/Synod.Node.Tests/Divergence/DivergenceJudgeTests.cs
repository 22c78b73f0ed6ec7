using Synod.Paxos;

namespace Synod.Node.Tests;

public sealed class DivergenceJudgeTests
{
    private static readonly NodeId[] Three = [new(1), new(2), new(3)];
    private static readonly Slot At = new(DivergenceJudge.EverySlots);

    [Fact]
    public void Equal_sums_are_no_reason_to_stop()
    {
        var judge = new DivergenceJudge(Three[0], Three);
        Assert.All(Three, n => Assert.Null(judge.Take(n, new EffectSumAt(At, 7))));
    }

    [Fact]
    public void Who_is_outside_a_majority_of_equal_sums_stops()
    {
        var judge = new DivergenceJudge(Three[0], Three);
        Assert.Null(judge.Take(Three[0], new EffectSumAt(At, 7)));
        Assert.Null(judge.Take(Three[1], new EffectSumAt(At, 8)));
        Assert.Contains("differs from that of 2 others", judge.Take(Three[2], new EffectSumAt(At, 8)), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_inside_the_majority_goes_on()
    {
        var judge = new DivergenceJudge(Three[0], Three);
        Assert.Null(judge.Take(Three[2], new EffectSumAt(At, 8)));
        Assert.Null(judge.Take(Three[1], new EffectSumAt(At, 7)));
        Assert.Null(judge.Take(Three[0], new EffectSumAt(At, 7)));
    }

    [Fact]
    public void Without_any_majority_all_stop()
    {
        var judge = new DivergenceJudge(Three[0], Three);
        Assert.Null(judge.Take(Three[0], new EffectSumAt(At, 7)));
        Assert.Null(judge.Take(Three[1], new EffectSumAt(At, 8)));
        Assert.Contains("no majority agrees", judge.Take(Three[2], new EffectSumAt(At, 9)), StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_from_far_ahead_do_not_take_the_place_of_what_is_still_to_be_compared()
    {
        var judge = new DivergenceJudge(Three[0], Three, new Slot(DivergenceJudge.EverySlots - 1));
        Assert.Null(judge.Take(Three[1], new EffectSumAt(At, 8)));
        for (var round = 1UL; round <= 200; round++)
        {
            // One that errs or lies; or is so far ahead that this node comes there by a snapshot.
            Assert.Null(judge.Take(Three[2], new EffectSumAt(new Slot((1 + (round << 40)) * DivergenceJudge.EverySlots), 1)));
            Assert.Null(judge.Take(Three[2], new EffectSumAt(new Slot((1 + round * 64) * DivergenceJudge.EverySlots), 1)));
        }
        Assert.Null(judge.Take(Three[2], new EffectSumAt(At, 8)));
        Assert.Contains("differs from that of 2 others", judge.Take(Three[0], new EffectSumAt(At, 7)), StringComparison.Ordinal);
        var jumped = new Slot(1_000_007);
        Assert.Null(judge.Take(Three[0], new EffectSumAt(jumped, 5))); // Where a snapshot took this node.
        var next = new Slot((jumped.Number / DivergenceJudge.EverySlots + 1) * DivergenceJudge.EverySlots);
        Assert.Null(judge.Take(Three[1], new EffectSumAt(next, 8)));
        Assert.Null(judge.Take(Three[2], new EffectSumAt(next, 8)));
        Assert.NotNull(judge.Take(Three[0], new EffectSumAt(next, 7)));
    }

    [Fact]
    public void Sums_at_different_slots_are_not_compared()
    {
        var judge = new DivergenceJudge(Three[0], Three);
        Assert.Null(judge.Take(Three[0], new EffectSumAt(At, 7)));
        var later = new Slot(2 * DivergenceJudge.EverySlots);
        Assert.Null(judge.Take(Three[1], new EffectSumAt(later, 8)));
        Assert.Null(judge.Take(Three[2], new EffectSumAt(later, 8)));
        Assert.NotNull(judge.Take(Three[0], new EffectSumAt(later, 7)));
    }
}
