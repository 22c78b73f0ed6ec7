namespace Synod.Explorer.Tests;

public class SpaceTimeDiagramTests
{
    [Fact]
    public void A_trace_is_drawn_with_a_column_for_each_process()
    {
        var trace = new Trace(["p1", "a1", "a2"], 0,
        [
            new TraceStep(default, new WorldEvent("begins a ballot", 0)),
            new TraceStep(default, new WorldEvent("Prepare", 2, EventMark.Receives, 0)),
            new TraceStep(default, new WorldEvent("Promise", 0, EventMark.Receives, 2)),
            new TraceStep(default, new WorldEvent("crashes and restarts", 1, EventMark.Crashes)),
            new TraceStep(default, new WorldEvent("lost", 2, EventMark.Loses)),
        ]);
        var expected = """
                 p1    a1    a2
              1. *     |     |     begins a ballot
              2. o----------->     Prepare
              3. <-----------o     Promise
              4. |     X     |     crashes and restarts
              5. |     |     ?     lost
                 => too bad

            """.ReplaceLineEndings("\n");
        Assert.Equal(expected, SpaceTimeDiagram.Draw(trace, "too bad"));
    }

    [Fact]
    public void Long_names_widen_the_columns()
    {
        var trace = new Trace(["coordinator", "b"], 0, [new TraceStep(default, new WorldEvent("x", 1))]);
        Assert.Equal("     coordinator   b\n  1. |             *             x\n     => end\n",
            SpaceTimeDiagram.Draw(trace, "end"));
    }
}
