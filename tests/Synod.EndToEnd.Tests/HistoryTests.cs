namespace Synod.EndToEnd.Tests;

/// <summary>The judge must find what it is there to find.</summary>
public sealed class HistoryTests
{
    private static readonly StoreEvent[] Store = [new("k", "a", 2), new("k", "b", 3)];

    [Fact]
    public void A_right_history_is_accepted()
    {
        var history = Good();
        history.Add(new RecordedWrite("k", "c", 5, 6, WriteEnd.Unknown, 0));
        history.Add(new RecordedWrite("k", "d", 5, 6, WriteEnd.NotDone, 0));
        history.Add(new RecordedRead("k", 5, 6, "b", 3, 3));
        history.Add(new RecordedRead("other", 5, 6, null, 0, 3));
        Assert.Empty(history.Judge(Store));
    }

    [Fact]
    public void An_unknown_write_may_be_there()
    {
        var history = Good();
        history.Add(new RecordedWrite("k", "c", 5, 6, WriteEnd.Unknown, 0));
        Assert.Empty(history.Judge([.. Store, new StoreEvent("k", "c", 4)]));
    }

    [Fact]
    public void A_lost_write_is_found() => FindsOnly("lost", Good().Judge([Store[0]]));

    [Fact]
    public void A_write_that_was_done_twice_is_found() =>
        FindsOnly("done 2 times", Good().Judge([.. Store, new StoreEvent("k", "b", 4)]));

    [Fact]
    public void A_write_that_was_said_to_be_not_done_is_found()
    {
        var history = Good();
        history.Add(new RecordedWrite("k", "c", 5, 6, WriteEnd.NotDone, 0));
        FindsOnly("said to be not done", history.Judge([.. Store, new StoreEvent("k", "c", 4)]));
    }

    [Fact]
    public void A_value_that_nobody_wrote_is_found() =>
        FindsOnly("nobody wrote", Good().Judge([.. Store, new StoreEvent("k", "x", 4)]));

    [Fact]
    public void A_stale_read_is_found()
    {
        var history = Good();
        history.Add(new RecordedRead("k", 5, 6, "a", 2, 2));
        FindsOnly("revision 3 was known", history.Judge(Store));
    }

    [Fact]
    public void A_read_beside_the_history_is_found()
    {
        var history = Good();
        history.Add(new RecordedRead("k", 5, 6, "a", 2, 3));
        FindsOnly("the history has", history.Judge(Store));
    }

    [Fact]
    public void Revisions_against_real_time_are_found()
    {
        var history = new History();
        history.Add(new RecordedWrite("k", "b", 1, 2, WriteEnd.Done, 3));
        history.Add(new RecordedWrite("k", "a", 3, 4, WriteEnd.Done, 2));
        FindsOnly("revision 3 was known", history.Judge(Store));
    }

    private static History Good()
    {
        var history = new History();
        history.Add(new RecordedWrite("k", "a", 1, 2, WriteEnd.Done, 2));
        history.Add(new RecordedWrite("k", "b", 3, 4, WriteEnd.Done, 3));
        return history;
    }

    private static void FindsOnly(string what, IReadOnlyList<string> found) =>
        Assert.Contains(what, Assert.Single(found), StringComparison.Ordinal);
}
