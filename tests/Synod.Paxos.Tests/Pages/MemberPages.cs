using Synod.Paxos.Essential;
using ExternalMember = Synod.Paxos.External.Member;
using PracticalMember = Synod.Paxos.Practical.Member;

namespace Synod.Paxos.Tests.Pages;

/// <summary>The examples of docs/algorithms that need whole members; see <see cref="EssentialPages"/>.</summary>
public class MemberPages
{
    [Fact]
    public void A_practical_member_answers_after_the_write_and_refuses_aloud()
    {
        // page: practical
        var cluster = Configuration.OfMajority(3);
        var member = new PracticalMember(new NodeId(1), 1, cluster, default);
        var low = Ballot.None.NextFor(new NodeId(2), 1);
        var high = low.NextFor(new NodeId(3), 1);

        var promised = member.Step(new Prepare(high));
        Check.That(promised.Reply is { } reply && !reply.TryRelease(default, out _)); // not before the disk
        Check.That(promised.Reply.Value.TryRelease(promised.Record!.Value, out _));   // the disk covers it: go

        var refused = member.Step(new Prepare(low));
        Check.That(refused.Nack is { } nack && nack.Promised == high);                // aloud, with the reason

        // After a crash: the mark and the acceptor's state are one record, and the next ballot is above both.
        var restarted = new PracticalMember(new NodeId(1), 1, cluster, promised.Record.Value);
        Check.That(restarted.Prepare()!.Value.Record.Mark.Ballot > high);
        // end of page
    }

    [Fact]
    public void Leadership_is_a_proclaimed_ballot()
    {
        // page: leadership
        var cluster = Configuration.OfMajority(3);
        var members = cluster.Voters.Select(voter => new ExternalMember(voter, 1, cluster, default)).ToArray();

        Ballot Elect(ExternalMember candidate)
        {
            var begun = candidate.Prepare()!.Value;
            begun.TryRelease(begun.Record, out var prepare);
            foreach (var member in members)
            {
                var answer = member.Step(prepare);
                if (answer.Reply is { } reply && reply.TryRelease(member.State, out var promise)
                    && candidate.Step(promise).Proclamation is { } proclamation)
                {
                    foreach (var other in members)
                    {
                        other.Step(proclamation);
                    }
                }
            }
            return candidate.Leader;
        }

        var first = Elect(members[0]);
        Check.That(members.All(member => member.Leader == first) && members[0].IsLeader);
        // The failure detector says that the first is gone. It need not be right:
        var second = Elect(members[1]);
        Check.That(second > first && members[1].IsLeader && !members[0].IsLeader);
        // end of page
    }
}
