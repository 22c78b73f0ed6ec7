using Synod.Storage.Format;
using Synod.Storage.Recovery;

namespace Synod.Storage.Tests;

public class RecoveryTableTests
{
    private static readonly bool[] s_both = [false, true];

    private static IEnumerable<RecoveryFacts> AllFacts() =>
        from mustExist in s_both
        from mark in Enum.GetValues<MarkCopies>()
        from anyOpening in s_both
        from continuous in s_both
        from distance in Enum.GetValues<MarkDistance>()
        from tailIsBlank in s_both
        select new RecoveryFacts(mustExist, mark, anyOpening, continuous, distance, tailIsBlank);

    [Fact]
    public void Every_input_has_a_decision_that_keeps_every_rule()
    {
        var seen = 0;
        foreach (var facts in AllFacts())
        {
            seen++;
            var decision = RecoveryTable.Decide(facts);
            var refused = decision > RecoveryDecision.Rewrite;

            // What was synced is never given up, whatever else is true.
            Assert.False(facts.Distance == MarkDistance.Short && !refused, $"{facts}: synced records forgotten");
            Assert.False(facts is { AnyOpening: true, Continuous: false } && !refused, $"{facts}: a gap accepted");
            // A journal is begun only where nothing says that there was one.
            if (decision == RecoveryDecision.Begin)
            {
                Assert.False(facts.MustExist || facts.AnyOpening, $"{facts}");
                Assert.True(facts.Mark is MarkCopies.Absent or MarkCopies.Blank, $"{facts}");
            }
            // Nothing is appended behind bytes that are not understood or not known to be synced.
            if (decision == RecoveryDecision.Resume)
            {
                Assert.True(facts.TailIsBlank && facts.Distance == MarkDistance.Exact, $"{facts}");
            }
            // Without a mark a torn tail cannot be told from rot.
            if (facts.Mark == MarkCopies.Damaged || (facts.Mark == MarkCopies.Absent && facts.AnyOpening))
            {
                Assert.Equal(facts.MustExist && !facts.AnyOpening && facts.Mark != MarkCopies.Damaged
                    ? RecoveryDecision.RefuseLost
                    : RecoveryDecision.RefuseMark, decision);
            }
            // And it does not refuse without need: each of these a mere crash can leave behind.
            if (facts is { AnyOpening: true, Continuous: true, Mark: MarkCopies.Intact or MarkCopies.Blank }
                && facts.Distance != MarkDistance.Short)
            {
                Assert.False(refused, $"{facts}: refused after a mere crash");
            }
            if (facts is { AnyOpening: false, MustExist: false, Mark: MarkCopies.Blank or MarkCopies.Absent }
                && facts.Distance != MarkDistance.Short)
            {
                Assert.Equal(RecoveryDecision.Begin, decision);
            }
        }
        Assert.Equal(192, seen);
    }

    [Fact]
    public void The_number_of_inputs_behind_each_decision_is_known()
    {
        var counts = AllFacts().GroupBy(static facts => RecoveryTable.Decide(facts))
            .ToDictionary(static group => group.Key, static group => group.Count());
        Assert.Equal(48 + 24, counts[RecoveryDecision.RefuseMark]); // both copies damaged; none beside a segment
        Assert.Equal(36 + 12 + 8, counts[RecoveryDecision.RefuseLost]); // must exist; marked; a mark in a torn segment
        Assert.Equal(16, counts[RecoveryDecision.Begin]);
        Assert.Equal(24, counts[RecoveryDecision.RefuseGap]);
        Assert.Equal(8, counts[RecoveryDecision.RefuseRot]);
        Assert.Equal(4, counts[RecoveryDecision.Resume]);
        Assert.Equal(4 + 8, counts[RecoveryDecision.Rewrite]);
    }
}
