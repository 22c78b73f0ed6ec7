using System.Buffers;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Tests;

public sealed class FrameTests
{
    private const int MessageBytesMax = 1_000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Messages_come_out_as_they_went_in_however_the_bytes_arrive(int seed)
    {
        var random = new Random(seed);
        var messages = Enumerable.Range(0, 20).Select(_ => Bytes(random, random.Next(0, MessageBytesMax + 1))).ToList();
        var wire = messages.SelectMany(message => GrpcClient.Frame(message)).ToArray();
        var taken = new List<byte[]>();
        var arrived = 0;
        var consumed = 0;
        while (taken.Count < messages.Count)
        {
            arrived = Math.Min(wire.Length, arrived + random.Next(1, 400));
            var buffer = Sequence(random, wire.AsMemory(consumed, arrived - consumed));
            while (GrpcFrame.TryTake(ref buffer, MessageBytesMax, out var message, out _) == FrameVerdict.Message)
            {
                taken.Add(message.ToArray());
                consumed += GrpcFrame.PrefixBytes + (int)message.Length;
            }
            Assert.Equal(arrived - consumed, buffer.Length);
        }
        Assert.Equal(messages, taken);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_bytes_never_throw_and_never_give_a_message_over_the_limit(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = Bytes(random, random.Next(0, 30));
            if (bytes.Length > 2 && i % 2 == 0)
            {
                bytes.AsSpan(0, 3).Clear();
            }
            var buffer = Sequence(random, bytes);
            var verdict = GrpcFrame.TryTake(ref buffer, MessageBytesMax, out var message, out var length);
            Assert.Equal(verdict == FrameVerdict.Message ? length : 0, message.Length);
            Assert.True(verdict == FrameVerdict.TooLarge || length <= MessageBytesMax);
        }
    }

    [Fact]
    public void A_message_over_the_limit_is_seen_by_its_prefix_alone()
    {
        var atLimit = new ReadOnlySequence<byte>(GrpcClient.Frame(new byte[MessageBytesMax]));
        Assert.Equal(FrameVerdict.Message, GrpcFrame.TryTake(ref atLimit, MessageBytesMax, out _, out _));
        var past = new ReadOnlySequence<byte>(GrpcClient.Frame(new byte[MessageBytesMax + 1]).AsMemory(0, 5));
        Assert.Equal(FrameVerdict.TooLarge, GrpcFrame.TryTake(ref past, MessageBytesMax, out _, out _));
        var huge = new ReadOnlySequence<byte>(new byte[] { 0, 0xff, 0xff, 0xff, 0xff });
        Assert.Equal(FrameVerdict.TooLarge, GrpcFrame.TryTake(ref huge, MessageBytesMax, out _, out _));
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false, true)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore", false, true)]
    [InlineData("PRI * HTTP/2.0", false, null)]
    [InlineData("PRI * HTTP/2.0", true, false)]
    [InlineData("", false, null)]
    [InlineData("", true, false)]
    [InlineData("GET / HTTP/1.1", false, false)]
    [InlineData("P", false, null)]
    [InlineData("PU", false, false)]
    public void The_preface_of_http2_is_told_from_everything_else(string bytes, bool isCompleted, bool? expected)
    {
        var buffer = Sequence(new Random(1), System.Text.Encoding.ASCII.GetBytes(bytes));
        Assert.Equal(expected, PrefaceDetection.Judge(buffer, isCompleted));
    }

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3_000)]
    [InlineData("40m", 40)]
    [InlineData("5000u", 5)]
    [InlineData("6000000n", 6)]
    [InlineData("0m", 0)]
    [InlineData("99999999H", 20L * 24 * 3_600_000)]
    public void A_timeout_is_digits_and_a_unit(string text, long milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(milliseconds, (long)timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("5s")]
    [InlineData("-5S")]
    [InlineData("5.5S")]
    [InlineData("123456789S")]
    public void Anything_else_is_no_timeout(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("100%", "100%25")]
    [InlineData("two\nlines", "two%0Alines")]
    [InlineData("Grüße", "Gr%C3%BC%C3%9Fe")]
    public void A_status_message_is_printable_ascii_in_the_header(string message, string encoded) =>
        Assert.Equal(encoded, new GrpcStatus(GrpcCode.Unknown, message).EncodedMessage());

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc;charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpc+json", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void Grpc_is_known_by_its_content_type(string? contentType, bool isGrpc) =>
        Assert.Equal(isGrpc, GrpcResponse.IsGrpc(contentType));

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The bytes in random pieces, as pipes hand them out.</summary>
    private static ReadOnlySequence<byte> Sequence(Random random, ReadOnlyMemory<byte> bytes)
    {
        Piece? first = null;
        Piece? last = null;
        while (bytes.Length > 0)
        {
            var length = random.Next(1, bytes.Length + 1);
            last = new Piece(bytes[..length], last);
            first ??= last;
            bytes = bytes[length..];
        }
        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
