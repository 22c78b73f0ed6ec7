using Synod.Paxos.Essential;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;

namespace Synod.Paxos.Tests.Practical;

/// <summary>
/// What known registers are tested for, as far as a register that is set once goes; docs/scenarios.md has the list.
/// </summary>
public class KnownSuiteTests
{
    [Fact]
    public void A_value_that_was_set_once_is_found_by_three_later_proposers_whichever_quorum_they_ask()
    {
        NodeId[][] quorums = [[A, B], [B, C], [A, C]];
        foreach (var first in quorums)
        {
            var acceptors = TwoOfThree.Voters.ToDictionary(node => node, node => new Member(node, 1, TwoOfThree, default));
            Assert.Equal(Text("val0"), Set(acceptors, 11, "val0", first, out _));
            for (var later = 0; later < quorums.Length; later++)
            {
                Assert.Equal(Text("val0"), Set(acceptors, 12 + (uint)later, $"val{later + 1}", quorums[later], out _));
            }
        }
    }

    [Fact]
    public void Who_lags_far_behind_is_refused_once_and_then_succeeds()
    {
        var acceptors = TwoOfThree.Voters.ToDictionary(node => node, node => new Member(node, 1, TwoOfThree, default));
        foreach (var acceptor in acceptors.Values)
        {
            Setup.Saved(acceptor.Step(new Prepare(At(900, C))));
        }
        Assert.Equal(Text("late"), Set(acceptors, 11, "late", [A, B], out var refusedRounds));
        Assert.Equal(1, refusedRounds);
    }

    /// <summary>A proposer asks these acceptors, and those alone, until its value or the one it finds is accepted.</summary>
    private static Value Set(
        Dictionary<NodeId, Member> acceptors, uint node, string value, NodeId[] asked, out int refusedRounds)
    {
        var proposer = new Synod.Paxos.Practical.Proposer(new NodeId(node), 1, TwoOfThree, default);
        proposer.Propose(Text(value));
        for (refusedRounds = 0; refusedRounds < 3; refusedRounds++)
        {
            var prepare = Written(proposer.Prepare());
            Accept? accept = null;
            foreach (var answer in asked.Select(each => acceptors[each].Step(prepare)))
            {
                if (answer.Nack is { } nack)
                {
                    proposer.Step(nack);
                }
                else
                {
                    accept = proposer.Step(Written(answer.Reply)) ?? accept;
                }
            }
            if (accept is { } message)
            {
                Assert.All(asked, each => Assert.Equal(message.Value, Written(acceptors[each].Step(message).Reply).Value));
                return message.Value;
            }
        }
        throw new InvalidOperationException("refused three times");
    }
}
