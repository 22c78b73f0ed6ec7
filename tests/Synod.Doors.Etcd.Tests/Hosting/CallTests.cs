using Google.Protobuf;
using Synod.Node;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Tests;

/// <summary>Calls by hand: what goes over the wire, and each limit at it and one past it.</summary>
public sealed class CallTests : IAsyncLifetime
{
    private const int WriteBytesMax = 1536 * 1024;
    private const int MessageBytesMax = 2 * 1024 * 1024;
    private const string PutPath = "/etcdserverpb.KV/Put";
    private const string RangePath = "/etcdserverpb.KV/Range";

    private OpenDoor _door = null!;

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task A_header_says_cluster_member_revision_and_round()
    {
        var put = await _door.Client.PutAsync("a", "1");
        Assert.Equal(_door.Node.ClusterId, put.Header.ClusterId);
        Assert.Equal(0xabc1UL, put.Header.MemberId);
        Assert.Equal(2, put.Header.Revision);
        Assert.Equal(3UL, put.Header.RaftTerm);
    }

    [Fact]
    public async Task The_header_of_a_read_in_the_past_has_the_present_revision()
    {
        await _door.Client.PutAsync("a", "1");
        await _door.Client.PutAsync("a", "2");
        var range = await _door.Client.CallAsync(
            RangePath, new RangeRequest { Key = Utf8("a"), Revision = 2 }, RangeResponse.Parser);
        Assert.Equal(3, range.Header.Revision);
        Assert.Equal("1", Assert.Single(range.Kvs).Value.ToStringUtf8());
        Assert.Equal(1, range.Count);
    }

    [Fact]
    public async Task A_write_of_the_largest_size_is_taken_and_one_byte_more_is_refused()
    {
        Assert.Equal(0, (await _door.Client.SendAsync(PutPath, GrpcClient.Frame(PutOf(WriteBytesMax)))).Ending.Code);
        var (ending, _) = await _door.Client.SendAsync(PutPath, GrpcClient.Frame(PutOf(WriteBytesMax + 1)));
        Assert.Equal(new GrpcEnding(3, "etcdserver: request is too large", true), ending);
        Assert.Equal(1, _door.Node.Writes);
    }

    [Fact]
    public async Task A_message_of_the_largest_size_is_read_and_one_byte_more_is_not()
    {
        var (atLimit, _) = await _door.Client.SendAsync(PutPath, GrpcClient.Frame(PutOf(MessageBytesMax)));
        Assert.Equal(3, atLimit.Code);
        var (past, _) = await _door.Client.SendAsync(PutPath, GrpcClient.Frame(PutOf(MessageBytesMax + 1)));
        Assert.Equal(
            new GrpcEnding(
                8, $"grpc: received message larger than max ({MessageBytesMax + 1} vs. {MessageBytesMax})", true),
            past);
    }

    [Fact]
    public async Task The_largest_value_comes_back_whole()
    {
        var request = PutRequest.Parser.ParseFrom(PutOf(WriteBytesMax));
        await _door.Client.CallAsync(PutPath, request, PutResponse.Parser);
        var range = await _door.Client.CallAsync(
            RangePath, new RangeRequest { Key = request.Key }, RangeResponse.Parser);
        Assert.Equal(request.Value, Assert.Single(range.Kvs).Value);
    }

    [Fact]
    public async Task A_transaction_of_128_operations_is_taken_and_one_more_is_refused()
    {
        var txn = new TxnRequest();
        for (var i = 0; i < 128; i++)
        {
            txn.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = Utf8($"k{i}") } });
        }
        var done = await _door.Client.CallAsync("/etcdserverpb.KV/Txn", txn, TxnResponse.Parser);
        Assert.Equal(128, done.Responses.Count);
        Assert.Equal(2, done.Header.Revision);
        txn.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = Utf8("more") } });
        var refused = await _door.Client.FailAsync("/etcdserverpb.KV/Txn", txn);
        Assert.Equal(new GrpcEnding(3, "etcdserver: too many operations in txn request", true), refused);
    }

    [Fact]
    public async Task Transactions_may_nest_as_deep_as_the_limit_allows()
    {
        TxnRequest Nested(int levels) => levels == 0
            ? new TxnRequest()
            : new TxnRequest { Success = { new RequestOp { RequestTxn = Nested(levels - 1) } } };
        // .NET's own parser does not go that deep by default, so the answer stays bytes.
        var (done, _) = await _door.Client.SendAsync(
            "/etcdserverpb.KV/Txn", GrpcClient.Frame(Nested(128).ToByteArray()));
        Assert.Equal(new GrpcEnding(0, "", false), done);
        var refused = await _door.Client.FailAsync("/etcdserverpb.KV/Txn", Nested(129));
        Assert.Equal("etcdserver: too many operations in txn request", refused.Message);
    }

    [Fact]
    public async Task A_transaction_that_only_reads_takes_no_slot()
    {
        await _door.Client.PutAsync("a", "1");
        var txn = new TxnRequest
        {
            Compare = { new Compare { Key = Utf8("a"), Target = Compare.Types.CompareTarget.Version, Version = 1 } },
            Success = { new RequestOp { RequestRange = new RangeRequest { Key = Utf8("a") } } },
        };
        var done = await _door.Client.CallAsync("/etcdserverpb.KV/Txn", txn, TxnResponse.Parser);
        Assert.True(done.Succeeded);
        Assert.Equal("1", done.Responses[0].ResponseRange.Kvs[0].Value.ToStringUtf8());
        Assert.Equal(1, _door.Node.Writes);
    }

    [Theory]
    [InlineData("/etcdserverpb.Auth/UserList", "unknown service etcdserverpb.Auth")]
    [InlineData("/etcdserverpb.KV/RangeStream", "unknown method RangeStream for service etcdserverpb.KV")]
    [InlineData("/nothing", "malformed method name: /nothing")]
    public async Task What_is_not_there_is_unimplemented_in_the_headers_alone(string path, string message)
    {
        var (ending, _) = await _door.Client.SendAsync(path, GrpcClient.Frame([]));
        Assert.Equal(new GrpcEnding(12, message, true), ending);
    }

    [Fact]
    public async Task A_compressed_message_is_refused_by_name()
    {
        var (ending, _) = await _door.Client.SendAsync(PutPath, GrpcClient.Frame(PutOf(100), flag: 1));
        Assert.Equal(12, ending.Code);
        Assert.Contains("compressed", ending.Message, StringComparison.Ordinal);
    }

    public static TheoryData<byte[]> BrokenBodies => new()
    {
        Array.Empty<byte>(),
        new byte[] { 0, 0, 0 },
        new byte[] { 0, 0, 0, 0, 9, 1, 2 },
        new byte[] { 7, 0, 0, 0, 0 },
        new byte[] { 0, 0, 0, 0, 2, 0x0a, 0x7f },
        new byte[] { 0, 0, 0, 0, 1, 0xff },
    };

    [Theory]
    [MemberData(nameof(BrokenBodies))]
    public async Task Broken_bytes_end_in_an_internal_error_and_disturb_nobody(byte[] body)
    {
        foreach (var path in new[] { PutPath, RangePath, "/etcdserverpb.KV/Txn", "/etcdserverpb.Cluster/MemberList" })
        {
            var (ending, _) = await _door.Client.SendAsync(path, body);
            Assert.Equal(13, ending.Code);
        }
        await _door.Client.PutAsync("a", "1");
        Assert.Equal(1, _door.Node.Writes);
    }

    [Theory]
    [InlineData(Failure.TimedOut, 14, "etcdserver: request timed out")]
    [InlineData(Failure.Stopped, 14, "etcdserver: request timed out, possibly due to connection lost")]
    [InlineData(Failure.NoLeader, 14, "etcdserver: no leader")]
    [InlineData(Failure.NotServing, 14, "etcdserver: server stopped")]
    [InlineData(Failure.TooManyRequests, 8, "etcdserver: too many requests")]
    [InlineData(Failure.LimitExceeded, 8, "etcdserver: too many requests")]
    public async Task A_failure_of_the_node_has_the_words_that_clients_know(Failure failure, int code, string message)
    {
        _door.Node.FailWith = failure;
        Assert.Equal(new GrpcEnding(code, message, true), await _door.Client.FailAsync(
            PutPath, new PutRequest { Key = Utf8("a") }));
        Assert.Equal(new GrpcEnding(code, message, true), await _door.Client.FailAsync(
            RangePath, new RangeRequest { Key = Utf8("a") }));
    }

    [Fact]
    public async Task A_serializable_read_needs_no_cluster()
    {
        await _door.Client.PutAsync("a", "1");
        _door.Node.FailWith = Failure.TimedOut;
        var range = await _door.Client.CallAsync(
            RangePath, new RangeRequest { Key = Utf8("a"), Serializable = true }, RangeResponse.Parser);
        Assert.Single(range.Kvs);
    }

    [Fact]
    public async Task A_deadline_ends_the_call_while_the_node_is_still_at_it()
    {
        _door.Node.Open.Reset();
        var ending = await _door.Client.FailAsync(PutPath, new PutRequest { Key = Utf8("a") }, ("grpc-timeout", "50m"));
        Assert.Equal(4, ending.Code);
        _door.Node.Open.Set();
        // The write was not undone by it, and the abandoned answer went nowhere: the next call gets its own.
        var range = await _door.Client.CallAsync(RangePath, new RangeRequest { Key = Utf8("a") }, RangeResponse.Parser);
        Assert.Equal(1, range.Count);
    }

    [Fact]
    public async Task A_malformed_deadline_is_refused()
    {
        var ending = await _door.Client.FailAsync(PutPath, new PutRequest { Key = Utf8("a") }, ("grpc-timeout", "5x"));
        Assert.Equal(13, ending.Code);
        Assert.Equal(0, _door.Node.Writes);
    }

    [Fact]
    public async Task Who_requires_a_leader_is_refused_at_once_without_one_and_others_are_not()
    {
        _door.Node.LoseLeader();
        var refused = await _door.Client.FailAsync(
            RangePath, new RangeRequest { Key = Utf8("a") }, ("hasleader", "true"));
        Assert.Equal(new GrpcEnding(14, "etcdserver: no leader", true), refused);
        await _door.Client.CallAsync(RangePath, new RangeRequest { Key = Utf8("a") }, RangeResponse.Parser);
    }

    [Fact]
    public async Task Without_a_leader_health_is_unavailable_and_says_why()
    {
        _door.Node.LoseLeader();
        using var response = await _door.Client.Http.GetAsync("/health");
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("""{"health":"false","reason":"RAFT NO LEADER"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Many_calls_at_once_each_get_their_own_answer()
    {
        const int Calls = 500;
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => _door.Client.PutAsync($"k{i:d4}", $"v{i}")));
        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => _door.Client.CallAsync(
            RangePath, new RangeRequest { Key = Utf8($"k{i:d4}") }, RangeResponse.Parser)));
        Assert.All(answers.Index(), pair => Assert.Equal(
            $"v{pair.Index}", Assert.Single(pair.Item.Kvs).Value.ToStringUtf8()));
        Assert.Equal(Calls, _door.Node.Writes);
    }

    [Fact]
    public async Task Member_list_and_status_tell_of_the_node()
    {
        await _door.Client.PutAsync("a", "1");
        var list = await _door.Client.CallAsync(
            "/etcdserverpb.Cluster/MemberList",
            new MemberListRequest { Linearizable = true },
            MemberListResponse.Parser);
        Assert.Equal(0, list.Header.Revision);
        Assert.Equal("n1", Assert.Single(list.Members).Name);
        Assert.Equal(_door.Address, Assert.Single(list.Members[0].ClientURLs));
        var status = await _door.Client.CallAsync(
            "/etcdserverpb.Maintenance/Status", new StatusRequest(), StatusResponse.Parser);
        Assert.Equal(0xabc1UL, status.Leader);
        Assert.Equal(2, status.Header.Revision);
        Assert.Equal(1UL, status.RaftAppliedIndex);
        Assert.True(status.DbSize > 0 && status.DbSizeInUse > 0);
        Assert.Empty(status.Errors);
    }

    private static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);

    /// <summary>A put whose message has exactly that length.</summary>
    private static byte[] PutOf(int length)
    {
        var request = new PutRequest { Key = Utf8("big") };
        for (int missing; (missing = length - request.CalculateSize()) != 0;)
        {
            // The length of the value's own length changes on the way.
            request.Value = ByteString.CopyFrom(new byte[request.Value.Length + missing]);
        }
        Assert.Equal(length, request.CalculateSize());
        return request.ToByteArray();
    }
}
