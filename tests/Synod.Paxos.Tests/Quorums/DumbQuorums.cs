namespace Synod.Paxos.Tests.Quorums;

/// <summary>
/// A second opinion that enumerates every set of voters: too slow for anything but a test, and too plain to be wrong.
/// </summary>
internal sealed class DumbQuorums(int voters, Func<uint, bool> isPhase1, Func<uint, bool> isPhase2)
{
    public uint[] Sets { get; } = [.. Enumerable.Range(0, 1 << voters).Select(i => (uint)i)];

    public static DumbQuorums OfWeights(IReadOnlyList<int> weights, int phase1, int phase2) => new(
        weights.Count, set => WeightOf(weights, set) >= phase1, set => WeightOf(weights, set) >= phase2);

    public static DumbQuorums OfGrid(int rows, int columns) => new(
        rows * columns,
        set => Enumerable.Range(0, rows).Any(
            row => Enumerable.Range(0, columns).All(column => Has(set, (row * columns) + column))),
        set => Enumerable.Range(0, columns).Any(
            column => Enumerable.Range(0, rows).All(row => Has(set, (row * columns) + column))));

    public static DumbQuorums OfLists(int voters, IReadOnlyList<uint> phase1, IReadOnlyList<uint> phase2) => new(
        voters,
        set => phase1.Any(quorum => (quorum & set) == quorum),
        set => phase2.Any(quorum => (quorum & set) == quorum));

    public bool AllPairsMeet => Sets.Where(isPhase1).All(first => Sets.Where(isPhase2).All(second => (first & second) != 0));

    /// <summary>Whether the system says the same of every set.</summary>
    public void AssertAgrees(QuorumSystem system)
    {
        Assert.Equal(voters, system.Voters);
        var quorums = Sets.Where(isPhase1).ToArray();
        foreach (var bits in Sets)
        {
            var set = new MemberSet(bits);
            Assert.Equal(isPhase1(bits), system.IsPhase1Quorum(set));
            Assert.Equal(isPhase2(bits), system.IsPhase2Quorum(set));
            Assert.Equal(quorums.All(quorum => (quorum & bits) != 0), system.MeetsEveryPhase1Quorum(set));
        }
        Assert.Equal(quorums.Min(System.Numerics.BitOperations.PopCount), system.Phase1Size);
        Assert.Equal(Sets.Where(isPhase2).Min(System.Numerics.BitOperations.PopCount), system.Phase2Size);
    }

    /// <summary>Whether the two sets named in a refusal are quorums that miss each other.</summary>
    public void AssertIsCounterExample(string refusal)
    {
        var sets = QuorumSystemTests.SetsIn(refusal);
        Assert.Equal(2, sets.Length);
        Assert.True(isPhase1(sets[0]), refusal);
        Assert.True(isPhase2(sets[1]), refusal);
        Assert.Equal(0u, sets[0] & sets[1]);
    }

    private static int WeightOf(IReadOnlyList<int> weights, uint set) =>
        Enumerable.Range(0, weights.Count).Where(place => Has(set, place)).Sum(place => weights[place]);

    private static bool Has(uint set, int place) => (set >> place & 1) != 0;
}
