using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Tests;

public sealed class AuthorityRepairTests
{
    private const int PrefaceBytes = 24;

    /// <summary>"http://127.0.0.1:2379" in HPACK's Huffman code, as Go's client writes it, after its name and length.</summary>
    private static readonly byte[] WrittenByGo =
        [0x41, 0x90, 0x9d, 0x29, 0xae, 0xe3, 0x0c, 0x04, 0x4e, 0xb8, 0x0b, 0x80, 0x2e, 0x01, 0x70, 0x4b];

    [Fact]
    public void A_scheme_in_plain_bytes_becomes_a_host_name_of_the_same_length()
    {
        var block = Block("http://127.0.0.1:2379");
        Assert.True(AuthorityRepair.Repair(block));
        Assert.Equal(Block("httpB--127.0.0.1:2379"), block);
    }

    [Fact]
    public void A_scheme_in_huffman_code_is_changed_in_its_bits_and_nowhere_else()
    {
        var block = WrittenByGo.ToArray();
        Assert.True(AuthorityRepair.Repair(block));
        Assert.Equal([0x41, 0x90, 0x9d, 0x29, 0xae, 0xea, 0xcb], block[..7]);
        Assert.Equal(WrittenByGo[7..], block[7..]);
    }

    [Theory]
    [InlineData("127.0.0.1:2379")]
    [InlineData("httpd.example:2379")]
    public void Another_authority_is_left_alone(string authority)
    {
        var block = Block(authority);
        Assert.False(AuthorityRepair.Repair(block));
        Assert.Equal(Block(authority), block);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task However_the_bytes_arrive_what_is_read_is_repaired_and_whole(int piece)
    {
        byte[] sent =
        [
            .. new byte[PrefaceBytes], .. Frame(4, [1, 2, 3, 4, 5, 6]), .. Frame(1, Block("http://x:1")),
            .. Frame(0, [1, 2, 3]), .. Frame(1, Block("http://y:2")), .. Frame(0, Block("http://not.a.header:1")),
        ];
        byte[] wanted =
        [
            .. new byte[PrefaceBytes], .. Frame(4, [1, 2, 3, 4, 5, 6]), .. Frame(1, Block("httpB--x:1")),
            .. Frame(0, [1, 2, 3]), .. Frame(1, Block("httpB--y:2")), .. Frame(0, Block("http://not.a.header:1")),
        ];
        Assert.Equal(wanted, await PassThroughAsync(sent, piece));
    }

    [Fact]
    public async Task A_connection_that_needs_nothing_is_not_looked_at_again()
    {
        byte[] sent = [.. new byte[PrefaceBytes], .. Frame(1, Block("x:1")), .. Frame(1, Block("http://y:2"))];
        Assert.Equal(sent, await PassThroughAsync(sent, 10));
    }

    private static async Task<byte[]> PassThroughAsync(byte[] sent, int piece)
    {
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 1, useSynchronizationContext: false));
        var repaired = AuthorityRepair.Around(new Ends(pipe.Reader, pipe.Writer)).Input;
        var writing = Task.Run(async () =>
        {
            for (var at = 0; at < sent.Length; at += piece)
            {
                await pipe.Writer.WriteAsync(sent.AsMemory(at, Math.Min(piece, sent.Length - at)));
            }
            await pipe.Writer.CompleteAsync();
        });
        List<byte> received = [];
        while (true)
        {
            var read = await repaired.ReadAsync();
            received.AddRange(read.Buffer.ToArray());
            repaired.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                await writing;
                return [.. received];
            }
        }
    }

    private static byte[] Block(string authority) =>
        [0x83, 0x86, 0x41, (byte)authority.Length, .. Encoding.ASCII.GetBytes(authority), 0x40];

    private static byte[] Frame(byte type, byte[] payload) =>
        [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, 4, 0, 0, 0, 1, .. payload];

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
