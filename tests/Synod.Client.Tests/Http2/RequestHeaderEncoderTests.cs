using Synod.Client.Http2;

namespace Synod.Client.Tests.Http2;

public class RequestHeaderEncoderTests
{
    private static List<string> Expected(string path) =>
    [
        ":method: POST", ":scheme: http", $":path: {path}", ":authority: host:2379", "content-type: application/grpc",
        "user-agent: synod-bench", "te: trailers",
    ];

    [Fact]
    public void Blocks_of_several_paths_decode_in_any_order()
    {
        var encoder = new RequestHeaderEncoder("host:2379", 4096);
        var decoder = new HpackDecoder();
        var random = new Random(3);
        for (int round = 0; round < 100; round++)
        {
            string path = "/service/Method" + random.Next(4);
            Assert.Equal(Expected(path), Fields.Decode(decoder, encoder.Encode(path)));
        }
    }

    [Fact]
    public void From_the_third_request_on_a_block_is_seven_indexes()
    {
        var encoder = new RequestHeaderEncoder("host:2379", 4096);
        Assert.True(encoder.Encode("/a").Length > 40);
        byte[] settled = encoder.Encode("/a");
        Assert.Equal(7, settled.Length);
        Assert.Same(settled, encoder.Encode("/a"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    public void A_server_with_a_small_table_gets_plain_literals(int tableBytes)
    {
        var encoder = new RequestHeaderEncoder("host:2379", tableBytes);
        var decoder = new HpackDecoder(tableBytes);
        for (int round = 0; round < 4; round++)
        {
            Assert.Equal(Expected("/p" + (round % 2)), Fields.Decode(decoder, encoder.Encode("/p" + (round % 2))));
            Assert.Equal(0, decoder.Table.Count);
        }
        Assert.Equal(0, decoder.Table.BytesMax);
    }
}
