using Synod.Server.Development;

namespace Synod.Server.Tests;

/// <summary>What <c>synod dev</c> tells of its nodes while they run.</summary>
public sealed class DevWatchTests
{
    private static readonly DevLook Follows = new(true, false, 5);
    private static DevLook Dead => default;

    [Fact]
    public void A_node_that_is_back_and_another_leader_are_told_once()
    {
        var watch = new DevWatch(["n1", "n2", "n3"], "n1");
        Assert.Empty(watch.Take([Leads(4), Follows, Follows]));
        Assert.Empty(watch.Take([Dead, Follows, Follows])); // Its end has been told by who saw it.
        Assert.Equal(["n3 leads now, after n1"], watch.Take([Dead, Follows, Leads(5)]));
        Assert.Equal(["n1 serves again"], watch.Take([Follows, Follows, Leads(5)]));
        Assert.Empty(watch.Take([Follows, Follows, Leads(5)]));
    }

    [Fact]
    public void A_deposed_leader_that_does_not_know_it_yet_is_not_told_as_the_new_one()
    {
        var watch = new DevWatch(["n1", "n2", "n3"], "n1");
        Assert.Equal(["n2 leads now, after n1"], watch.Take([Leads(4), Leads(5), Follows]));
        Assert.Empty(watch.Take([Leads(4), Leads(5), Follows]));
    }

    [Fact]
    public void Without_a_leader_nothing_is_told_and_the_first_one_is()
    {
        var watch = new DevWatch(["n1"], null);
        Assert.Empty(watch.Take([Dead]));
        Assert.Equal(["n1 serves again", "n1 leads now"], watch.Take([Leads(9)]));
    }

    private static DevLook Leads(ulong term) => new(true, true, term);
}
