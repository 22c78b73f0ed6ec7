using Synod.Paxos;

namespace Synod.Explorer.Tests;

public class MessagePoolTests
{
    [Fact]
    public void Messages_that_stay_are_sent_once_and_arrive_again_and_again()
    {
        var pool = new MessagePool(keepsCopies: true);
        Assert.True(pool.Send(7));
        Assert.False(pool.Send(7));
        pool.Arrive(7);
        pool.Arrive(7);
        Assert.Equal(1, pool.CopiesOf(0));
    }

    [Fact]
    public void Messages_that_do_not_stay_arrive_as_often_as_there_are_copies()
    {
        var pool = new MessagePool(keepsCopies: false);
        pool.Send(7);
        pool.Send(7);
        pool.Duplicate(7);
        Assert.Equal(3, pool.CopiesOf(0));
        pool.Arrive(7);
        pool.Lose(7);
        pool.Arrive(7);
        // It was sent, which stays known; but nothing is left to arrive.
        Assert.Equal(1, pool.Count);
        Assert.Equal(0, pool.CopiesOf(0));
        Assert.Throws<InvariantViolatedException>(() => pool.Arrive(7));
        Assert.Throws<InvariantViolatedException>(() => pool.Arrive(8));
    }

    [Fact]
    public void The_order_of_sending_leaves_no_trace()
    {
        var (there, back) = (new MessagePool(true), new MessagePool(true));
        for (var code = 1UL; code <= 100; code++)
        {
            there.Send(code * 3);
            back.Send((101 - code) * 3);
        }
        Assert.Equal(Bytes(there), Bytes(back));
        Assert.Equal(
            Enumerable.Range(1, 100).Select(i => (ulong)i * 3), Enumerable.Range(0, 100).Select(i => there[i]));
    }

    [Fact]
    public void What_is_written_is_read_back_and_renaming_sorts_anew()
    {
        var pool = new MessagePool(keepsCopies: false);
        pool.Send(1);
        pool.Send(2);
        pool.Send(2);
        var reader = new StateReader(Bytes(pool));
        var copy = new MessagePool(keepsCopies: false);
        copy.Read(ref reader);
        Assert.True(reader.IsAtEnd);
        Assert.Equal(Bytes(pool), Bytes(copy));

        var renamed = new StateWriter();
        pool.WriteRenamed(renamed, code => 3 - code);
        var expected = new MessagePool(keepsCopies: false);
        expected.Send(1);
        expected.Send(1);
        expected.Send(2);
        Assert.Equal(Bytes(expected), renamed.Written.ToArray());
    }

    private static byte[] Bytes(MessagePool pool)
    {
        var writer = new StateWriter();
        pool.Write(writer);
        return writer.Written.ToArray();
    }
}
