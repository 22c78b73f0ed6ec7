using FsCheck;
using FsCheck.Fluent;

namespace Synod.Paxos.Tests.Core;

public class StateBytesTests
{
    [Fact]
    public void Everything_written_is_read_back()
    {
        var writer = new StateWriter();
        var ballot = new Ballot(Ballot.RoundMax, new NodeId(uint.MaxValue), 7);
        writer.WriteByte(0xff);
        writer.Write(true);
        writer.WriteNumber(ulong.MaxValue);
        writer.Write(new NodeId(300));
        writer.Write(new Slot(1UL << 40));
        writer.Write(MemberSet.First(5));
        writer.Write(ballot);
        writer.Write(Ballot.None);
        writer.Write(Value.FromText("foo"));
        writer.Write((Value?)null);
        writer.Write((Value?)new Value(ReadOnlyMemory<byte>.Empty));

        var reader = new StateReader(writer.Written.ToArray());
        Assert.Equal(0xff, reader.ReadByte());
        Assert.True(reader.ReadBool());
        Assert.Equal(ulong.MaxValue, reader.ReadNumber());
        Assert.Equal(new NodeId(300), reader.ReadNodeId());
        Assert.Equal(new Slot(1UL << 40), reader.ReadSlot());
        Assert.Equal(MemberSet.First(5), reader.ReadMemberSet());
        Assert.Equal(ballot, reader.ReadBallot());
        Assert.Equal(Ballot.None, reader.ReadBallot());
        Assert.Equal(Value.FromText("foo"), reader.ReadValue());
        Assert.Null(reader.ReadOptionalValue());
        Assert.Equal(0, reader.ReadOptionalValue()!.Value.Length);
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Numbers_come_back_in_the_fewest_bytes() =>
        Prop.ForAll<ulong>(number =>
        {
            var writer = new StateWriter();
            writer.WriteNumber(number);
            var reader = new StateReader(writer.Written.ToArray());
            var bits = 64 - System.Numerics.BitOperations.LeadingZeroCount(number | 1);
            return reader.ReadNumber() == number && reader.IsAtEnd && writer.Length == (bits + 6) / 7;
        }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0x80, 0x00 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x00 })]
    public void A_number_that_is_cut_short_or_has_a_second_spelling_is_refused(byte[] bytes) =>
        Assert.Throws<InvariantViolatedException>(() => new StateReader(bytes).ReadNumber());

    [Fact]
    public void Other_malformed_bytes_are_refused()
    {
        Assert.Throws<InvariantViolatedException>(() => new StateReader(new byte[] { 2 }).ReadBool());
        Assert.Throws<InvariantViolatedException>(() => new StateReader(new byte[] { 3, 1, 2 }).ReadValue());
        Assert.Throws<InvariantViolatedException>(() =>
            new StateReader(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x10 }).ReadUInt32());
    }

    [Fact]
    public void A_ballot_that_is_none_but_not_quite_cannot_be_written() =>
        Assert.Throws<InvariantViolatedException>(() => new StateWriter().Write(new Ballot(0, new NodeId(1), 1)));

    [Fact]
    public void The_buffer_grows_and_is_used_again()
    {
        var writer = new StateWriter();
        var large = new byte[100_000];
        large[^1] = 9;
        writer.WriteBytes(large);
        Assert.Equal(large, new StateReader(writer.Written.ToArray()).ReadBytes().ToArray());
        writer.Clear();
        Assert.Equal(0, writer.Length);
        writer.WriteByte(1);
        Assert.Equal([1], writer.Written.ToArray());
    }
}
