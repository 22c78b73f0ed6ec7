namespace Synod.Simulation.Tests;

/// <summary>The checker of histories, on histories whose answer is known.</summary>
public sealed class LinearizabilityJudgeTests
{
    private const long Never = long.MaxValue;

    [Fact]
    public void A_read_may_see_a_write_that_is_under_way_or_not() =>
        AssertAll(SearchResult.Linearizable, [Write(1, 10, 5), Read(2, 3, 0)], [Write(1, 10, 5), Read(2, 3, 5)]);

    [Fact]
    public void A_read_after_a_write_must_see_it() =>
        AssertAll(SearchResult.NotLinearizable, [Write(1, 2, 5), Read(3, 4, 0)]);

    [Fact]
    public void Once_seen_a_write_does_not_go_away() =>
        AssertAll(SearchResult.NotLinearizable, [Write(1, 10, 5), Read(2, 3, 5), Read(4, 5, 0)]);

    [Fact]
    public void A_write_of_unknown_end_may_take_effect_late_or_never() => AssertAll(
        SearchResult.Linearizable,
        [Write(1, Never, 5), Write(2, 3, 6), Read(4, 5, 6), Read(6, 7, 5)],
        [Write(1, Never, 5), Write(2, 3, 6), Read(4, 5, 6)]);

    [Fact]
    public void A_write_of_unknown_end_takes_effect_once() => AssertAll(
        SearchResult.NotLinearizable, [Write(1, Never, 5), Read(2, 3, 5), Write(4, 5, 6), Read(6, 7, 6), Read(8, 9, 5)]);

    [Fact]
    public void A_write_takes_no_effect_before_it_was_called() =>
        AssertAll(SearchResult.NotLinearizable, [Read(1, 2, 5), Write(3, 4, 5)]);

    [Fact]
    public void A_swap_of_unknown_end_changes_only_what_it_expects() => AssertAll(
        SearchResult.NotLinearizable, [Write(1, 2, 5), new(3, Never, null, 7, 4), Read(4, 5, 7)]);

    [Fact]
    public void It_says_the_same_as_trying_all_orders()
    {
        var chance = new Chance(1);
        var both = new int[2];
        for (var round = 0; round < 4000; round++)
        {
            var operations = Draw(chance);
            var expected = AnyOrderExplains(operations, [], 0);
            Assert.Equal(expected ? SearchResult.Linearizable : SearchResult.NotLinearizable, new Search(operations).Run());
            both[expected ? 1 : 0]++;
        }
        Assert.True(both[0] > 200 && both[1] > 200, $"{both[0]} and {both[1]}: the histories drawn are too much alike");
    }

    private static List<RegisterOperation> Draw(Chance chance)
    {
        var moments = new List<long>();
        for (var i = 1; i <= 12; i++)
        {
            moments.Insert(chance.Below(moments.Count + 1), i);
        }
        var operations = new List<RegisterOperation>();
        for (var i = 0; i < 6; i++)
        {
            var (a, b) = (moments[2 * i], moments[2 * i + 1]);
            var isOpen = chance.OneIn(5);
            var called = Math.Min(a, b);
            var answered = isOpen ? Never : Math.Max(a, b);
            operations.Add(chance.Below(3) switch
            {
                0 => new(called, answered, isOpen ? null : (ulong)chance.Below(3), null, null),
                1 => new(called, answered, null, (ulong)chance.Below(3), null),
                _ => isOpen
                    ? new(called, answered, null, (ulong)chance.Below(3), (ulong)chance.Below(3))
                    : new(called, answered, (ulong)chance.Below(3), (ulong)chance.Below(3), null),
            });
        }
        return operations;
    }

    /// <summary>The dumb way: every order that respects real time; what has an unknown end may be left out.</summary>
    private static bool AnyOrderExplains(List<RegisterOperation> operations, List<int> done, ulong value)
    {
        if (Enumerable.Range(0, operations.Count).All(i => done.Contains(i) || operations[i].Answered == Never))
        {
            return true;
        }
        for (var i = 0; i < operations.Count; i++)
        {
            var mayComeNext = !done.Contains(i) && Enumerable.Range(0, operations.Count)
                .All(j => done.Contains(j) || j == i || operations[j].Answered > operations[i].Called);
            if (mayComeNext && operations[i].TryApply(value, out var after) && AnyOrderExplains(operations, [.. done, i], after))
            {
                return true;
            }
        }
        return false;
    }

    private static RegisterOperation Write(long called, long answered, ulong value) => new(called, answered, null, value, null);

    private static RegisterOperation Read(long called, long answered, ulong value) => new(called, answered, value, null, null);

    private static void AssertAll(SearchResult expected, params RegisterOperation[][] histories) =>
        Assert.All(histories, history => Assert.Equal(expected, new Search(history).Run()));
}
