using Synod.Client.Http2;

namespace Synod.Client.Tests.Http2;

/// <summary>The examples of RFC 7541, Appendix C, and what a peer may do wrong.</summary>
public class HpackDecoderTests
{
    [Theory]
    [InlineData("0a", 5, 10)]
    [InlineData("1f9a0a", 5, 1337)]
    [InlineData("2a", 8, 42)]
    public void Integers_are_those_of_C_1(string hex, int prefixBits, int expected)
    {
        ReadOnlySpan<byte> bytes = Convert.FromHexString(hex);
        Assert.Equal(expected, HpackDecoder.ReadInteger(ref bytes, prefixBits));
        Assert.True(bytes.IsEmpty);
    }

    [Theory]
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 55)]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path", 0)]
    [InlineData("100870617373776f726406736563726574", "password: secret", 0)]
    [InlineData("82", ":method: GET", 0)]
    public void Single_fields_are_those_of_C_2(string hex, string expected, int tableBytes)
    {
        var decoder = new HpackDecoder();
        Assert.Equal([expected], Fields.Decode(decoder, Convert.FromHexString(hex)));
        Assert.Equal(tableBytes, decoder.Table.Bytes);
    }

    [Theory]
    [InlineData("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")]
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")]
    public void Requests_are_those_of_C_3_and_C_4(string first, string second, string third)
    {
        var decoder = new HpackDecoder();
        Assert.Equal(
            [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
            Fields.Decode(decoder, Convert.FromHexString(first)));
        Assert.Equal(57, decoder.Table.Bytes);
        Assert.Equal(
            [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
            Fields.Decode(decoder, Convert.FromHexString(second)));
        Assert.Equal(110, decoder.Table.Bytes);
        Assert.Equal(
            [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com",
                "custom-key: custom-value"],
            Fields.Decode(decoder, Convert.FromHexString(third)));
        Assert.Equal(164, decoder.Table.Bytes);
    }

    [Theory]
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e" +
        "6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f51" +
        "57454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab" +
        "270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void Responses_with_evictions_are_those_of_C_5_and_C_6(string first, string second, string third)
    {
        var decoder = new HpackDecoder(tableBytesLimit: 256);
        Assert.Equal(
            [
                ":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
                    "location: https://www.example.com",
            ],
            Fields.Decode(decoder, Convert.FromHexString(first)));
        Assert.Equal(222, decoder.Table.Bytes);
        Assert.Equal(
            [
                ":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
                    "location: https://www.example.com",
            ],
            Fields.Decode(decoder, Convert.FromHexString(second)));
        Assert.Equal(222, decoder.Table.Bytes);
        Assert.Equal(
            [
                ":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT",
                    "location: https://www.example.com",
                "content-encoding: gzip", "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            ],
            Fields.Decode(decoder, Convert.FromHexString(third)));
        Assert.Equal(215, decoder.Table.Bytes);
        Assert.Equal(3, decoder.Table.Count);
    }

    [Theory]
    [InlineData("80", "index 0")]
    [InlineData("be", "index 62")]
    [InlineData("ffffffffffff", "28 bits")]
    [InlineData("400a6375", "ends inside")]
    [InlineData("0485", "ends inside")]
    [InlineData("8220", "behind a field")]
    [InlineData("3fe27f", "were announced")]
    public void What_a_peer_may_not_send_is_refused(string hex, string reason)
    {
        var refusal = Assert.Throws<Http2ProtocolException>(
            () => Fields.Decode(new HpackDecoder(), Convert.FromHexString(hex)));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_update_to_zero_empties_the_table_and_a_larger_one_lets_it_fill_again()
    {
        var decoder = new HpackDecoder();
        Fields.Decode(decoder, Convert.FromHexString("400161016240016301644001650166"));
        Assert.Equal(3, decoder.Table.Count);
        Fields.Decode(decoder, Convert.FromHexString("20"));
        Assert.Equal(0, decoder.Table.Count);
        // 68 bytes hold two entries of 34; the third pushes the first out.
        Assert.Equal(["a: b", "c: d", "e: f"],
            Fields.Decode(decoder, Convert.FromHexString("3f25400161016240016301644001650166")));
        Assert.Equal(["e: f", "c: d"], Fields.Decode(decoder, Convert.FromHexString("bebf")));
        Assert.Throws<Http2ProtocolException>(() => Fields.Decode(decoder, Convert.FromHexString("c0")));
    }

    [Fact]
    public void The_dynamic_table_keeps_order_while_its_ring_grows_and_wraps()
    {
        var decoder = new HpackDecoder();
        var expected = new List<string>();
        for (int number = 0; number < 500; number++)
        {
            byte[] name = [(byte)('a' + (number % 26)), (byte)('a' + (number / 26))];
            Fields.Decode(decoder, [0x40, 2, .. name, 1, (byte)'v']);
            expected.Add($"{(char)name[0]}{(char)name[1]}: v");
            int held = Math.Min(expected.Count, 4096 / 35);
            Assert.Equal(held, decoder.Table.Count);
            byte[] newest = [0x80 | 62];
            Assert.Equal([expected[^1]], Fields.Decode(decoder, newest));
            HeaderField oldest = decoder.Table.Get(held - 1);
            Assert.Equal(expected[^held][..2], System.Text.Encoding.ASCII.GetString(oldest.Name));
        }
    }

    [Fact]
    public void Random_blocks_decode_or_are_refused()
    {
        var random = new Random(7541);
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] block = new byte[random.Next(1, 40)];
            random.NextBytes(block);
            try
            {
                Fields.Decode(new HpackDecoder(), block);
            }
            catch (Http2ProtocolException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 19_999);
    }
}
