namespace Synod.Paxos.Tests.Quorums;

public class GridAndWeightTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 5)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(3, 4)]
    public void A_grid_is_judged_as_by_enumerating_all_sets(int rows, int columns)
    {
        var dumb = DumbQuorums.OfGrid(rows, columns);
        // For twelve voters the pairs of all quorums are too many; there every row and every column stand for them.
        Assert.True(rows * columns > 9 || dumb.AllPairsMeet);
        dumb.AssertAgrees(QuorumSystem.Grid(rows, columns));
    }

    [Fact]
    public void A_row_of_a_grid_completes_phase_1_and_a_column_chooses()
    {
        // 0 1 2
        // 3 4 5
        var grid = QuorumSystem.Grid(rows: 2, columns: 3);
        Assert.Equal((6, 3, 2), (grid.Voters, grid.Phase1Size, grid.Phase2Size));
        Assert.True(grid.IsPhase1Quorum(Set(3, 4, 5)));
        Assert.False(grid.IsPhase2Quorum(Set(3, 4, 5)));
        Assert.True(grid.IsPhase2Quorum(Set(1, 4)));
        Assert.False(grid.IsPhase1Quorum(Set(0, 1, 5)));
        Assert.False(grid.IsPhase2Quorum(Set(0, 4, 5)));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    [InlineData(4, 8)]
    [InlineData(65536, 65537)]
    public void A_grid_that_holds_nobody_or_too_many_is_refused(int rows, int columns) =>
        Assert.Throws<ArgumentException>(() => QuorumSystem.Grid(rows, columns));

    [Fact]
    public void A_heavy_voter_makes_small_quorums()
    {
        var system = QuorumSystem.Weighted([3, 1, 1, 1, 1], phase1Weight: 4, phase2Weight: 4);
        Assert.Equal((5, 2, 2), (system.Voters, system.Phase1Size, system.Phase2Size));
        Assert.True(system.IsPhase2Quorum(Set(0, 4)));
        Assert.True(system.IsPhase2Quorum(Set(1, 2, 3, 4)));
        Assert.False(system.IsPhase2Quorum(Set(1, 2, 3)));
    }

    [Fact]
    public void Weights_may_add_up_to_no_more_than_all_if_no_set_has_the_sum()
    {
        // Sums of sets: 0, 3, 6. What weighs 2 weighs 3, and leaves less than 4.
        var system = QuorumSystem.Weighted([3, 3], phase1Weight: 2, phase2Weight: 4);
        Assert.True(system.IsPhase1Quorum(Set(1)));
        Assert.False(system.IsPhase2Quorum(Set(1)));
    }

    [Fact]
    public void Who_weighs_nothing_adds_nothing()
    {
        var system = QuorumSystem.Weighted([1, 0, 1], phase1Weight: 2, phase2Weight: 1);
        Assert.False(system.IsPhase2Quorum(Set(1)));
        Assert.False(system.MeetsEveryPhase1Quorum(Set(1)));
        Assert.True(system.MeetsEveryPhase1Quorum(Set(2)));
    }

    [Fact]
    public void A_refusal_of_weights_names_two_sets_which_miss_each_other()
    {
        var refusal = Assert.Throws<ArgumentException>(() => QuorumSystem.Weighted([3, 1, 1, 1], 3, 3));
        DumbQuorums.OfWeights([3, 1, 1, 1], 3, 3).AssertIsCounterExample(refusal.Message);
        Assert.Contains("{0} and phase-2 quorum {1,2,3} of 4 voters", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_of_lists_names_the_first_two_sets_which_miss_each_other()
    {
        var refusal = Assert.Throws<ArgumentException>(
            () => QuorumSystem.Listed(4, [Set(0, 1), Set(2, 3)], [Set(0, 2), Set(0, 1)]));
        Assert.Contains("{2,3} and phase-2 quorum {0,1}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_weights_are_refused()
    {
        Assert.Throws<ArgumentException>(() => QuorumSystem.Weighted([], 1, 1));
        Assert.Throws<ArgumentException>(() => QuorumSystem.Weighted([1, -1, 3], 2, 2));
        Assert.Throws<ArgumentException>(() => QuorumSystem.Weighted([1, WeightedQuorums.WeightMax + 1], 2, 2000));
        Assert.Throws<ArgumentException>(() => QuorumSystem.Weighted([1, 1, 1], 0, 3));
        Assert.Throws<ArgumentException>(() => QuorumSystem.Weighted([1, 1, 1], 3, 4));
    }

    [Fact]
    public void Impossible_lists_are_refused()
    {
        Assert.Throws<ArgumentException>(() => QuorumSystem.Listed(3, [], [Set(0)]));
        Assert.Throws<ArgumentException>(() => QuorumSystem.Listed(3, [Set(0)], [MemberSet.Empty]));
        Assert.Throws<ArgumentException>(() => QuorumSystem.Listed(3, [Set(0, 3)], [Set(0)]));
    }

    private static MemberSet Set(params int[] places) => places.Aggregate(MemberSet.Empty, (set, place) => set.With(place));
}
