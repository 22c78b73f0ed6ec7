using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Synod.Paxos.Fast;

namespace Synod.Paxos.Tests.Fast;

public partial class FastQuorumTests
{
    [Fact]
    public void A_system_is_accepted_exactly_if_all_quorums_meet_as_they_must()
    {
        var refused = 0;
        for (var voters = 1; voters <= 6; voters++)
        {
            for (var classic = 1; classic <= voters; classic++)
            {
                for (var fast = classic; fast <= voters; fast++)
                {
                    var refusal = Record.Exception(() => new FastQuorums(voters, classic, fast));
                    Assert.Equal(AllMeet(voters, classic, fast), refusal is null);
                    if (refusal is not null)
                    {
                        refused++;
                        AssertIsCounterExample(refusal.Message, voters, classic, fast);
                    }
                }
            }
        }
        Assert.True(refused > 10);
    }

    [Fact]
    public void Majorities_come_with_the_smallest_fast_quorums_that_fit()
    {
        for (var voters = 1; voters <= 9; voters++)
        {
            var system = FastQuorums.WithMajorities(voters);
            Assert.True(system.FastSize == system.ClassicSize
                || Record.Exception(() => new FastQuorums(voters, system.ClassicSize, system.FastSize - 1)) is not null);
        }
    }

    [Fact]
    public void Impossible_sizes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new FastQuorums(0, 1, 1));
        Assert.Throws<ArgumentException>(() => new FastQuorums(3, 3, 2));
        Assert.Throws<ArgumentException>(() => new FastQuorums(3, 2, 4));
    }

    [Fact]
    public void Ballots_are_totally_ordered_and_their_kind_is_in_their_round()
    {
        var ballot = FastBallot.None;
        var fast = true;
        for (var i = 0; i < 20; i++)
        {
            var next = ballot.NextFor(new NodeId(1 + (uint)(i % 3)), 1, fast);
            Assert.True(next > ballot && next >= ballot && ballot < next && ballot <= next);
            Assert.Equal(fast, next.IsFast);
            ballot = next;
            fast = i % 4 < 2;
        }
    }

    /// <summary>All ways to vote in a fast ballot, all sets that can answer: what was chosen is proposed
    /// again.</summary>
    [Fact]
    public void Over_all_votes_and_all_quorums_recovery_proposes_what_may_have_been_chosen()
    {
        var proposedChosen = 0;
        for (var voters = 3; voters <= 5; voters++)
        {
            var quorums = FastQuorums.WithMajorities(voters);
            foreach (var votes in AllVotes(voters))
            {
                foreach (var heard in Sets(voters, quorums.ClassicSize))
                {
                    var proposed = ProposedAfter(quorums, votes, heard);
                    foreach (var value in new[] { "a", "b" })
                    {
                        // Who was not heard may have voted for it meanwhile, unless it had voted for another.
                        var possible = Enumerable.Range(0, voters).Count(
                            place => votes[place] == value || (votes[place] is null && (heard >> place & 1) == 0));
                        if (possible >= quorums.FastSize && votes.Contains(value))
                        {
                            Assert.Equal(Value.FromText(value), proposed);
                            proposedChosen++;
                        }
                    }
                }
            }
        }
        Assert.True(proposedChosen > 200, $"{proposedChosen}");
    }

    private static Value? ProposedAfter(FastQuorums quorums, string?[] votes, uint heard)
    {
        var ballot = new FastBallot(1, new NodeId(9), 1);
        var voters = Enumerable.Range(1, votes.Length).Select(number => new NodeId((uint)number)).ToArray();
        var coordinator = new FastCoordinator(new NodeId(8), 1, voters, quorums, new FastBallotMark(ballot));
        var next = coordinator.Prepare(fast: false).Record.Ballot;
        FastAccept? accept = null;
        for (var place = 0; place < votes.Length; place++)
        {
            if ((heard >> place & 1) != 0)
            {
                accept = coordinator.Step(votes[place] is { } vote
                    ? new FastPromise(voters[place], next, ballot, Value.FromText(vote))
                    : new FastPromise(voters[place], next, FastBallot.None, null));
            }
        }
        return accept?.Value;
    }

    private static IEnumerable<string?[]> AllVotes(int voters) =>
        Enumerable.Range(0, (int)Math.Pow(3, voters)).Select(number => Enumerable.Range(0, voters)
            .Select(place => (number / (int)Math.Pow(3, place) % 3) switch { 0 => null, 1 => "a", _ => "b" }).ToArray());

    /// <summary>Any order of arrivals, losses, crashes and rival ballots: never two values.</summary>
    [Fact]
    public void Random_schedules_never_choose_two_values()
    {
        int chosen = 0, collided = 0;
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var schedule = new FastSchedule(voters: 3 + (seed % 3));
            for (var step = 0; step < 150; step++)
            {
                schedule.Step(random.Next());
            }
            schedule.AssertAgreement();
            chosen += schedule.IsChosen ? 1 : 0;
            collided += schedule.SawCollision ? 1 : 0;
        }
        // The same seeds give the same schedules: enough of them get somewhere.
        Assert.True(chosen > 1_000 && collided > 50, $"chosen in {chosen}, collided in {collided}");
    }

    private static bool AllMeet(int voters, int classic, int fast)
    {
        var classics = Sets(voters, classic).ToArray();
        var fasts = Sets(voters, fast).ToArray();
        return classics.All(first => classics.All(second => (first & second) != 0))
            && classics.All(quorum => fasts.All(first => fasts.All(second => (quorum & first & second) != 0)));
    }

    private static IEnumerable<uint> Sets(int voters, int size) =>
        Enumerable.Range(0, 1 << voters).Select(set => (uint)set).Where(set => BitOperations.PopCount(set) == size);

    private static void AssertIsCounterExample(string message, int voters, int classic, int fast)
    {
        var sets = SetInText().Matches(message).Select(match => match.Value.Trim('{', '}').Split(',').Aggregate(
            0u, (set, place) => set | 1u << int.Parse(place, CultureInfo.InvariantCulture))).ToArray();
        Assert.Equal(0u, sets.Aggregate((left, right) => left & right));
        Assert.All(sets, set => Assert.True(set < 1u << voters));
        var sizes = sets.Select(set => BitOperations.PopCount(set));
        Assert.Equal(sets.Length == 2 ? [classic, classic] : [fast, fast, classic], sizes);
    }

    [GeneratedRegex(@"\{[0-9,]+\}")]
    private static partial Regex SetInText();
}
