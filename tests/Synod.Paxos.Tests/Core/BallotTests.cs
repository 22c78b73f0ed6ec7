using FsCheck;
using FsCheck.Fluent;

namespace Synod.Paxos.Tests.Core;

public class BallotTests
{
    // Few different numbers, so that equal parts are common.
    private static readonly Gen<Ballot> AnyBallot =
        from round in Gen.Choose(0, 3)
        from node in Gen.Choose(1, 3)
        from incarnation in Gen.Choose(1, 3)
        select round == 0 ? Ballot.None : new Ballot((ulong)round, new NodeId((uint)node), (uint)incarnation);

    private static readonly Arbitrary<(Ballot A, Ballot B, Ballot C)> Three =
        (from a in AnyBallot from b in AnyBallot from c in AnyBallot select (a, b, c)).ToArbitrary();

    [Fact]
    public void Ballots_are_totally_ordered() => Prop.ForAll(Three, three =>
    {
        var (a, b, c) = three;
        // Exactly one of less, equal, greater; the operators agree; antisymmetric; transitive.
        var one = (a < b ? 1 : 0) + (a == b ? 1 : 0) + (a > b ? 1 : 0) == 1;
        var agree = (a <= b) == !(a > b) && (a >= b) == !(a < b)
            && Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a));
        var transitive = !(a <= b && b <= c) || a <= c;
        var max = Ballot.Max(a, b) >= a && Ballot.Max(a, b) >= b && (Ballot.Max(a, b) == a || Ballot.Max(a, b) == b);
        return one && agree && transitive && max;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void The_order_is_by_round_then_node_then_incarnation() => Prop.ForAll(Three, three =>
    {
        var (a, b, _) = three;
        var expected = (a.Round, a.Node.Number, a.Incarnation).CompareTo((b.Round, b.Node.Number, b.Incarnation));
        return Math.Sign(a.CompareTo(b)) == Math.Sign(expected);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void The_next_ballot_of_a_node_is_the_least_above() => Prop.ForAll(Three, three =>
    {
        var next = three.A.NextFor(new NodeId(2), 1);
        return next > three.A && next.Node == new NodeId(2) && next.Incarnation == 1 && next.Round == three.A.Round + 1;
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Rounds_that_differ_in_the_highest_bits_are_ordered()
    {
        // Where comparing by subtraction goes wrong.
        var low = new Ballot(1, new NodeId(uint.MaxValue), uint.MaxValue);
        var high = new Ballot(Ballot.RoundMax, new NodeId(1), 1);
        Assert.True(low < high);
        Assert.True(Ballot.None < low);
    }

    [Fact]
    public void The_number_space_used_up_is_refused()
    {
        var last = new Ballot(Ballot.RoundMax - 1, new NodeId(1), 1).NextFor(new NodeId(1), 1);
        Assert.Equal(Ballot.RoundMax, last.Round);
        Assert.Throws<InvariantViolatedException>(() => last.NextFor(new NodeId(1), 1));
    }

    [Fact]
    public void Nobody_has_no_next_ballot()
    {
        Assert.Throws<InvariantViolatedException>(() => Ballot.None.NextFor(NodeId.None, 1));
        Assert.Throws<InvariantViolatedException>(() => Ballot.None.NextFor(new NodeId(1), 0));
    }
}
