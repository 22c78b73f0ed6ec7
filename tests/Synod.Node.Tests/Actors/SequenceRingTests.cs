using System.Globalization;

namespace Synod.Node.Tests;

public sealed class SequenceRingTests
{
    [Fact]
    public void Nothing_is_held_before_it_is_needed_and_only_as_much_as_is_needed_later()
    {
        var ring = new SequenceRing<string>();
        Assert.Equal(0, ring.Capacity);
        ring.Reserve(1, 2);
        Assert.Equal(64, ring.Capacity);
        ring.Reserve(1, 66);
        Assert.Equal(128, ring.Capacity);
        ring.Reserve(1000, 1128);
        Assert.Equal(128, ring.Capacity);
        ring.Clear();
        Assert.Equal(0, ring.Capacity);
    }

    [Fact]
    public void Entries_stay_where_they_are_while_the_range_moves_and_grows()
    {
        var ring = new SequenceRing<string>();
        var (first, end) = (1UL, 1UL);
        for (var round = 0; round < 2000; round++)
        {
            ring.Reserve(first, end + 1);
            ring[end] = Text(end);
            end++;
            // Two come for one that goes, until there are 500.
            if (round % 2 == 0 || end - first > 500)
            {
                ring[first++] = "gone";
            }
            for (var sequence = first; sequence < end; sequence++)
            {
                Assert.Equal(Text(sequence), ring[sequence]);
            }
        }
        Assert.Equal(512, ring.Capacity);
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
