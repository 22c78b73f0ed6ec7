using FsCheck;
using FsCheck.Fluent;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;
using Proposer = Synod.Paxos.Practical.Proposer;

namespace Synod.Paxos.Tests.Practical;

/// <summary>The rules of Practical that no scenario spells out, each with what it prevents.</summary>
public class PracticalRuleTests
{
    private static readonly Gen<Ballot> AnyBallot =
        from round in Gen.Choose(0, 300)
        from node in Gen.Choose(1, 3)
        from incarnation in Gen.Choose(1, 3)
        select round == 0
            ? Ballot.None
            : new Ballot((ulong)round << (round % 50), new NodeId((uint)node), (uint)incarnation);

    private static readonly Gen<MemberState> AnyState =
        from mark in AnyBallot
        from one in AnyBallot
        from other in AnyBallot
        from text in Gen.Elements("", "a", "0", "a longer value")
        let accepted = one < other ? one : other
        select new MemberState(
            new BallotMark(mark),
            new AcceptorState(Ballot.Max(one, other), accepted, accepted.IsNone ? null : Value.FromText(text)));

    [Fact]
    public void Durable_states_come_back_from_their_bytes_and_different_ones_have_different_bytes() =>
        Prop.ForAll((from left in AnyState from right in AnyState select (left, right)).ToArbitrary(), two =>
        {
            var (left, right) = (Bytes(two.left), Bytes(two.right));
            var reader = new StateReader(left);
            return MemberState.Read(ref reader) == two.left && reader.IsAtEnd
                && left.AsSpan().SequenceEqual(right) == (two.left == two.right);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void A_durable_state_covers_another_exactly_if_it_is_nowhere_lower() =>
        Prop.ForAll((from left in AnyState from right in AnyState select (left, right)).ToArbitrary(), two =>
        {
            var (left, right) = two;
            var expected = left.Mark.Ballot >= right.Mark.Ballot
                && left.Acceptor.Promised >= right.Acceptor.Promised
                && left.Acceptor.AcceptedBallot >= right.Acceptor.AcceptedBallot;
            return left.Covers(right) == expected && left.Covers(left);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Cut_bytes_of_a_durable_state_are_refused()
    {
        var whole = Bytes(new MemberState(
            new BallotMark(At(3, A)), new AcceptorState(At(4, B), At(2, C), Text("foo"))));
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvariantViolatedException>(() =>
            {
                var reader = new StateReader(whole.AsMemory(0, length));
                MemberState.Read(ref reader);
            });
        }
    }

    [Fact]
    public void However_often_it_is_rebuilt_a_member_uses_no_ballot_twice() =>
        // What happens between two lives: Prepares, observed ballots, and whether the last write arrived.
        Prop.ForAll(Gen.Choose(0, 7).ListOf().ToArbitrary(), lives =>
        {
            var disk = default(MemberState);
            var used = new List<Ballot>();
            foreach (var life in lives)
            {
                var member = FreshMember(disk);
                member.Observe(At((ulong)life, B));
                for (var i = 0; i < 1 + life % 3; i++)
                {
                    var prepare = member.Prepare()!.Value;
                    var isLast = i == life % 3;
                    if (isLast && life > 3)
                    {
                        break; // the crash came before the write, and the Prepare never left
                    }
                    disk = prepare.Record;
                    Assert.True(prepare.TryRelease(disk, out var message));
                    used.Add(message.Ballot);
                }
            }
            return used.Distinct().Count() == used.Count && used.SequenceEqual(used.Order());
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Acceptors_part_alone_would_use_a_ballot_twice()
    {
        var member = FreshMember();
        var first = Written(member.Prepare());
        // A crash before the own acceptor has heard the Prepare: what it remembers says nothing of round 1.
        var rebuilt = FreshMember(new MemberState(default, member.State.Acceptor));
        Assert.Equal(first, Written(rebuilt.Prepare()));
        Assert.NotEqual(first, Written(FreshMember(member.State).Prepare()));
    }

    [Fact]
    public void Promises_to_an_earlier_life_do_not_make_a_leader_of_a_later_one()
    {
        var before = FreshMember();
        var rebuilt = FreshMember(before.Prepare()!.Value.Record);
        rebuilt.Propose(Text("bar"));
        Assert.Null(rebuilt.Step(Empty(B, At(1, A))));
        Assert.Null(rebuilt.Step(Empty(C, At(1, A))));
        Assert.False(rebuilt.IsLeader);
        Assert.Equal(At(2, A), Written(rebuilt.Prepare()).Ballot);
    }

    [Fact]
    public void Two_refused_Accepts_end_the_lead_and_the_next_ballot_is_above_them()
    {
        var leader = NewLeader();
        leader.Propose(Text("foo"));
        leader.Step(Refusal(B, At(1, A), At(2, B)));
        leader.Step(Refusal(C, At(1, A), At(2, B)));
        Assert.False(leader.IsLeader);
        Assert.Equal(At(3, A), Prepared(leader));
    }

    [Fact]
    public void A_wish_that_comes_after_the_lead_was_lost_waits_for_the_next_ballot()
    {
        var leader = NewLeader();
        leader.Step(Refusal(B, At(1, A), At(2, B)));
        leader.Step(Refusal(C, At(1, A), At(2, B)));
        Assert.Null(leader.Propose(Text("foo")));
        Assert.Null(leader.ResendAccept());
        Prepared(leader);
        Assert.Null(leader.Step(Empty(A, At(3, A))));
        Assert.Equal(new Accept(At(3, A), Text("foo")), leader.Step(Empty(B, At(3, A))));
    }

    [Fact]
    public void An_acceptance_leaves_a_promise_behind_it_also_on_disk()
    {
        var acceptor = FreshAcceptor();
        var accepted = acceptor.Step(new Accept(At(5, C), Text("foo")));
        // The known bug: the old promise is saved beside the new acceptance, and after a crash a lower Prepare passes.
        Assert.Equal(At(5, C), accepted.Record!.Value.Promised);
        acceptor = FreshAcceptor(accepted.Record.Value);
        Assert.Equal(Refusal(A, At(4, B), At(5, C)), acceptor.Step(new Prepare(At(4, B))).Nack);
    }

    [Fact]
    public void A_refusal_of_another_ballot_or_of_who_is_not_a_voter_ends_nothing()
    {
        var leader = NewLeader();
        Prepared(leader);
        leader.Step(Empty(B, At(2, A)));
        leader.Step(Empty(C, At(2, A)));
        foreach (var from in new[] { A, B, C })
        {
            Assert.False(leader.Step(Refusal(from, At(1, A), At(5, C))));
        }
        Assert.False(leader.Step(Refusal(D, At(2, A), At(5, C))));
        Assert.False(leader.Step(Refusal(E, At(2, A), At(5, C))));
        Assert.True(leader.IsLeader);
        Assert.Equal(MemberSet.Empty, leader.Nacks);
    }

    [Fact]
    public void One_refusal_does_not_end_an_attempt_that_can_still_succeed()
    {
        var proposer = FreshProposer();
        proposer.Propose(Text("foo"));
        Prepared(proposer);
        Assert.False(proposer.Step(Refusal(C, At(1, A), At(5, C))));
        Assert.Null(proposer.Step(Empty(A, At(1, A))));
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.Step(Empty(B, At(1, A))));
    }

    [Fact]
    public void A_promise_counts_although_its_giver_refuses_since()
    {
        var proposer = FreshProposer();
        proposer.Propose(Text("foo"));
        Prepared(proposer);
        Assert.Null(proposer.Step(Empty(A, At(1, A))));
        // A repeated Prepare came to A after a higher one.
        Assert.False(proposer.Step(Refusal(A, At(1, A), At(2, B))));
        Assert.False(proposer.Step(Refusal(B, At(1, A), At(2, B))));
        Assert.Equal(ProposerStage.Preparing, proposer.Stage);
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.Step(Empty(C, At(1, A))));
    }

    [Fact]
    public void With_flexible_quorums_a_lead_ends_when_no_phase_two_quorum_is_left()
    {
        var configuration = new Configuration(1, [A, B, C], QuorumSystem.Flexible(3, phase1Size: 2, phase2Size: 2));
        var all = new Configuration(1, [A, B, C], QuorumSystem.Flexible(3, phase1Size: 1, phase2Size: 3));
        Assert.False(Led(configuration).Step(Refusal(C, At(1, A), At(5, C))));
        Assert.True(Led(all).Step(Refusal(C, At(1, A), At(5, C))));
    }

    [Fact]
    public void A_refusal_that_promises_no_more_than_it_refuses_is_an_alarm()
    {
        var leader = NewLeader();
        Assert.Throws<InvariantViolatedException>(() => leader.Step(Refusal(B, At(1, A), At(1, A))));
    }

    [Fact]
    public void Observing_never_lowers_and_absurd_rounds_are_ignored()
    {
        var proposer = FreshProposer();
        proposer.Observe(At(5, B));
        proposer.Observe(At(3, C));
        proposer.Observe(At(Ballot.RoundMax, C));
        proposer.Observe(At(ulong.MaxValue, C));
        Assert.Equal(At(6, A), Prepared(proposer));
    }

    [Fact]
    public void What_is_observed_never_changes_the_ballot_under_way()
    {
        // Where it does, an Accept leaves under a ballot that was never prepared.
        var proposer = FreshProposer();
        proposer.Propose(Text("foo"));
        Prepared(proposer);
        proposer.Step(Empty(A, At(1, A)));
        proposer.Observe(At(7, C));
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.Step(Empty(B, At(1, A))));
        proposer.Observe(At(9, C));
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.ResendAccept());
    }

    [Fact]
    public void Empty_bytes_are_sent_again_like_any_value()
    {
        var leader = NewLeader();
        Assert.Equal(new Accept(At(1, A), default), leader.Propose(default));
        Assert.Equal(new Accept(At(1, A), default), leader.ResendAccept());
    }

    [Fact]
    public void A_passive_members_record_is_the_whole_and_it_is_bound_when_it_is_active_again()
    {
        var member = FreshMember();
        Written(member.Prepare());
        member.IsActive = false;
        var answer = member.Step(new Prepare(At(4, B)));
        AssertSilent(answer);
        Assert.Equal(member.State, answer.Record);
        Assert.Equal(At(1, A), answer.Record!.Value.Mark.Ballot);
        var rebuilt = FreshMember(answer.Record.Value);
        Assert.Equal(Refusal(A, At(2, C), At(4, B)), rebuilt.Step(new Prepare(At(2, C))).Nack);
        Assert.Equal(At(5, A), Written(rebuilt.Prepare()).Ballot);
    }

    [Fact]
    public void States_of_members_are_written_and_read_back()
    {
        var member = FreshMember();
        member.Propose(Text("foo"));
        Written(member.Prepare());
        member.Step(Empty(B, At(1, A)));
        member.Step(Refusal(C, At(1, A), At(3, C)));
        member.Step(new Prepare(At(2, B)));
        member.Step(Vote(B, At(2, B), "bar"));
        var writer = new StateWriter();
        member.Write(writer);
        var reader = new StateReader(writer.Written.ToArray());
        var copy = FreshMember();
        copy.Read(ref reader);
        Assert.True(reader.IsAtEnd);
        Assert.Equal(
            (member.State, member.Stage, member.Ballot, member.Value, member.Promises, member.Nacks),
            (copy.State, copy.Stage, copy.Ballot, copy.Value, copy.Promises, copy.Nacks));
        Assert.Equal(member.Step(Vote(C, At(2, B), "bar")), copy.Step(Vote(C, At(2, B), "bar")));
        Assert.Equal((Text("bar"), member.Acceptors), (copy.Chosen!.Value, copy.Acceptors));
        Assert.Equal(Written(member.Prepare()), Written(copy.Prepare()));
    }

    [Fact]
    public void Steps_of_an_acceptor_allocate_nothing()
    {
        var acceptor = FreshAcceptor();
        var value = Text("foo");
        long before = 0;
        var answered = 0;
        for (var round = 1UL; round <= 2_000; round++)
        {
            if (round == 1_001)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            answered += acceptor.Step(new Prepare(At(round + 1, B))).Reply.HasValue ? 1 : 0;
            answered += acceptor.Step(new Accept(At(round, B), value)).Nack.HasValue ? 1 : 0;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4_000, answered);
    }

    private static Proposer Led(Configuration configuration)
    {
        var proposer = new Proposer(A, 1, configuration, default);
        Prepared(proposer);
        proposer.Step(Empty(A, At(1, A)));
        proposer.Step(Empty(B, At(1, A)));
        Assert.True(proposer.IsLeader);
        return proposer;
    }

    private static byte[] Bytes(MemberState state)
    {
        var writer = new StateWriter();
        state.Write(writer);
        return writer.Written.ToArray();
    }
}
