namespace Synod.Ports.Tests;

public sealed class MailboxTests
{
    private const int Posters = 4;
    private const int PostsEach = 5000;
    private const int Limit = 64;

    [Fact]
    public void What_was_posted_first_is_taken_first()
    {
        var mailbox = new Mailbox<int>(10, static () => { });
        for (var i = 0; i < 10; i++)
        {
            Assert.True(mailbox.TryPost(i));
        }
        for (var i = 0; i < 10; i++)
        {
            Assert.True(mailbox.TryTake(out var taken));
            Assert.Equal(i, taken);
        }
        Assert.False(mailbox.TryTake(out _));
    }

    [Fact]
    public void A_full_mailbox_refuses_and_takes_again_when_there_is_room()
    {
        var mailbox = new Mailbox<string>(2, static () => { });
        Assert.True(mailbox.TryPost("first"));
        Assert.True(mailbox.TryPost("second"));
        Assert.False(mailbox.TryPost("refused"));
        Assert.False(mailbox.TryPost("refused again"));
        Assert.Equal((2, 2), (mailbox.Count, mailbox.Limit));
        Assert.True(mailbox.TryTake(out var taken));
        Assert.Equal("first", taken);
        Assert.True(mailbox.TryPost("third"));
        Assert.True(mailbox.TryTake(out taken));
        Assert.Equal("second", taken);
        Assert.True(mailbox.TryTake(out taken));
        Assert.Equal("third", taken);
        Assert.Equal(0, mailbox.Count);
    }

    [Fact]
    public void Each_post_wakes_the_owner_after_the_item_can_be_taken_and_a_refused_one_does_not()
    {
        var wakes = 0;
        Mailbox<int>? mailbox = null;
        mailbox = new Mailbox<int>(1, () =>
        {
            wakes++;
            Assert.Equal(1, mailbox!.Count);
        });
        Assert.True(mailbox.TryPost(1));
        Assert.False(mailbox.TryPost(2));
        Assert.Equal(1, wakes);
        Assert.True(mailbox.TryTake(out _));
        Assert.True(mailbox.TryPost(3));
        Assert.Equal(2, wakes);
    }

    [Fact]
    public void Many_posters_never_exceed_the_limit_and_nothing_taken_is_lost_doubled_or_out_of_its_posters_order()
    {
        var mailbox = new Mailbox<(int Poster, int Number)>(Limit, static () => { });
        var posted = new List<int>[Posters];
        var running = Posters;
        var threads = Enumerable.Range(0, Posters).Select(poster => new Thread(() =>
        {
            posted[poster] = [.. Enumerable.Range(0, PostsEach).Where(number => mailbox.TryPost((poster, number)))];
            Interlocked.Decrement(ref running);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        var taken = Enumerable.Range(0, Posters).Select(_ => new List<int>()).ToArray();
        while (true)
        {
            var isLastLook = Volatile.Read(ref running) == 0;
            // The count may be ahead of what can be taken, by a post under way or one that is being refused.
            Assert.InRange(mailbox.Count, 0, Limit + Posters);
            while (mailbox.TryTake(out var item))
            {
                taken[item.Poster].Add(item.Number);
            }
            if (isLastLook)
            {
                break;
            }
        }
        threads.ForEach(thread => thread.Join());
        Assert.Equal(posted, taken);
        Assert.Equal(0, mailbox.Count);
    }

    [Fact]
    public void An_identity_is_written_as_32_digits()
    {
        Assert.Equal("000000000000000000000000000000ff", new DataIdentity(255).ToString());
        Assert.Equal(DataIdentity.None, new DataIdentity(0));
    }

    [Fact]
    public void Lanes_are_in_order_of_urgency()
    {
        // What may be taken while there is no room is said by the last lane that may: the order is part of the contract.
        Assert.Equal([PeerLane.Control, PeerLane.Data, PeerLane.Bulk], Enum.GetValues<PeerLane>().Order());
    }
}
