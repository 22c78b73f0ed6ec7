namespace Synod.Paxos.Tests.Core;

public class AcceptorRuleTests
{
    // None and eight ballots: two rounds, two nodes, two incarnations.
    private static readonly Ballot[] Domain =
    [
        Ballot.None,
        .. from round in new ulong[] { 1, 2 }
           from node in new uint[] { 1, 2 }
           from incarnation in new uint[] { 1, 2 }
           select new Ballot(round, new NodeId(node), incarnation),
    ];

    [Fact]
    public void Over_all_inputs_the_rule_is_refuse_below_repeat_at_answered_take_otherwise()
    {
        var judged = 0;
        foreach (var promised in Domain)
        {
            foreach (var answered in Domain.Where(ballot => ballot <= promised))
            {
                foreach (var asked in Domain.Where(ballot => !ballot.IsNone))
                {
                    // A second formulation, by places in the ordered domain.
                    var place = Array.IndexOf(Domain, asked);
                    var expected = place < Array.IndexOf(Domain, promised) ? Verdict.Refuse
                        : place == Array.IndexOf(Domain, answered) ? Verdict.Repeat
                        : Verdict.Take;
                    Assert.Equal(expected, AcceptorRule.Judge(promised, answered, asked));
                    judged++;
                }
            }
        }
        Assert.Equal(45 * 8, judged);
    }

    [Fact]
    public void What_is_taken_never_lowers_the_promise()
    {
        foreach (var promised in Domain)
        {
            foreach (var asked in Domain.Where(ballot => !ballot.IsNone))
            {
                var verdict = AcceptorRule.Judge(promised, promised, asked);
                Assert.True(verdict == Verdict.Refuse || asked >= promised);
            }
        }
    }

    [Fact]
    public void Asking_under_no_ballot_is_an_alarm() => Assert.Throws<InvariantViolatedException>(
        () => AcceptorRule.Judge(Ballot.None, Ballot.None, Ballot.None));

    [Fact]
    public void An_answer_above_the_promise_is_an_alarm() => Assert.Throws<InvariantViolatedException>(
        () => AcceptorRule.Judge(Domain[1], Domain[2], Domain[3]));
}
