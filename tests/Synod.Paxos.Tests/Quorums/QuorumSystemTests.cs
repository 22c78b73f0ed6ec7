using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Synod.Paxos.Tests.Quorums;

public partial class QuorumSystemTests
{
    private const int VotersMax = 6;

    [Fact]
    public void A_system_is_accepted_exactly_if_all_pairs_of_quorums_meet()
    {
        for (var voters = 1; voters <= VotersMax; voters++)
        {
            for (var phase1 = 1; phase1 <= voters; phase1++)
            {
                for (var phase2 = 1; phase2 <= voters; phase2++)
                {
                    var meets = QuorumsOf(voters, phase1).All(
                        first => QuorumsOf(voters, phase2).All(second => (first & second) != 0));
                    var refusal = Record.Exception(() => QuorumSystem.Flexible(voters, phase1, phase2));
                    Assert.Equal(meets, refusal is null);
                    Assert.True(refusal is null or ArgumentException);
                }
            }
        }
    }

    [Fact]
    public void Every_set_is_judged_as_a_dumb_implementation_judges_it()
    {
        foreach (var system in AllSystems())
        {
            var all = Enumerable.Range(0, 1 << system.Voters).ToArray();
            var phase1Quorums = all.Where(set => Ones(set) >= system.Phase1Size).ToArray();
            foreach (var bits in all)
            {
                var set = new MemberSet((uint)bits);
                Assert.Equal(Ones(bits) >= system.Phase1Size, system.IsPhase1Quorum(set));
                Assert.Equal(Ones(bits) >= system.Phase2Size, system.IsPhase2Quorum(set));
                Assert.Equal(phase1Quorums.All(quorum => (quorum & bits) != 0), system.MeetsEveryPhase1Quorum(set));
            }
        }
    }

    [Fact]
    public void Any_two_quorums_of_different_phases_share_a_voter()
    {
        foreach (var system in AllSystems())
        {
            for (var first = 0u; first < 1 << system.Voters; first++)
            {
                for (var second = 0u; second < 1 << system.Voters; second++)
                {
                    var (left, right) = (new MemberSet(first), new MemberSet(second));
                    Assert.True(!system.IsPhase1Quorum(left) || !system.IsPhase2Quorum(right)
                        || left.Intersect(right).Count > 0);
                }
            }
        }
    }

    [Fact]
    public void Who_is_not_a_voter_does_not_count()
    {
        var system = QuorumSystem.Majority(3);
        Assert.False(system.IsPhase1Quorum(new MemberSet(0b11001)));
        Assert.False(system.IsPhase2Quorum(new MemberSet(0b11001)));
        Assert.False(system.MeetsEveryPhase1Quorum(new MemberSet(0b11001)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    [InlineData(31, 16)]
    public void A_majority_is_more_than_half(int voters, int size)
    {
        var system = QuorumSystem.Majority(voters);
        Assert.Equal((voters, size, size), (system.Voters, system.Phase1Size, system.Phase2Size));
    }

    [Fact]
    public void A_refused_system_names_two_quorums_which_miss_each_other()
    {
        var refused = 0;
        for (var voters = 2; voters <= VotersMax; voters++)
        {
            for (var phase1 = 1; phase1 < voters; phase1++)
            {
                for (var phase2 = 1; phase1 + phase2 <= voters; phase2++)
                {
                    var refusal = Assert.Throws<ArgumentException>(() => QuorumSystem.Flexible(voters, phase1, phase2));
                    var sets = SetsIn(refusal.Message).Select(set => (int)set).ToArray();
                    Assert.Equal(2, sets.Length);
                    Assert.Equal((phase1, phase2), (Ones(sets[0]), Ones(sets[1])));
                    Assert.Equal(0, sets[0] & sets[1]);
                    Assert.True((sets[0] | sets[1]) < 1 << voters);
                    refused++;
                }
            }
        }
        Assert.Equal(1 + 3 + 6 + 10 + 15, refused);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(32, 17, 17)]
    [InlineData(3, 0, 3)]
    [InlineData(3, 3, 0)]
    [InlineData(3, 4, 1)]
    [InlineData(3, 1, 4)]
    [InlineData(3, -1, 5)]
    public void Impossible_sizes_are_refused(int voters, int phase1, int phase2) =>
        Assert.Throws<ArgumentException>(() => QuorumSystem.Flexible(voters, phase1, phase2));

    [Fact]
    public void A_configuration_refuses_what_does_not_fit()
    {
        var majority = QuorumSystem.Majority(3);
        NodeId One = new(1), Two = new(2), Three = new(3);
        Assert.Throws<ArgumentException>(() => new Configuration(1, [One, Two], majority));
        Assert.Throws<ArgumentException>(() => new Configuration(1, [One, Two, Two], majority));
        Assert.Throws<ArgumentException>(() => new Configuration(1, [One, Two, NodeId.None], majority));
        var configuration = new Configuration(1, [Three, One, Two], majority);
        Assert.Equal([One, Two, Three], configuration.Voters);
        Assert.Equal(2, configuration.PlaceOf(Three));
        Assert.False(configuration.IsVoter(new NodeId(4)));
    }

    private static IEnumerable<QuorumSystem> AllSystems() =>
        from voters in Enumerable.Range(1, VotersMax)
        from phase1 in Enumerable.Range(1, voters)
        from phase2 in Enumerable.Range(voters - phase1 + 1, phase1)
        select QuorumSystem.Flexible(voters, phase1, phase2);

    private static IEnumerable<int> QuorumsOf(int voters, int size) =>
        Enumerable.Range(0, 1 << voters).Where(set => Ones(set) >= size);

    private static int Ones(int bits) => BitOperations.PopCount((uint)bits);

    /// <summary>The sets of voters that a text names.</summary>
    internal static uint[] SetsIn(string text) => [.. SetInText().Matches(text).Select(match => ParseSet(match.Value))];

    private static uint ParseSet(string text) =>
        text.Trim('{', '}').Split(',').Aggregate(
            0u, (set, place) => set | 1u << int.Parse(place, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\{[0-9,]+\}")]
    private static partial Regex SetInText();
}
