using Google.Protobuf;
using Synod.Client.Commands;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;

namespace Synod.Client.Tests.Etcd;

/// <summary>What the client commands print and how they end.</summary>
public sealed class ClientActionsTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string Output => _output.ToString().ReplaceLineEndings("\n");

    private string Error => _error.ToString().ReplaceLineEndings("\n");

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Put_get_and_delete_print_and_end_with_0()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal(0, await Actions(server.Endpoint).PutAsync("a", "b", default));
        Assert.Equal(0, await Actions(server.Endpoint).GetAsync(new GetOptions("key"), default));
        Assert.Equal(0, await Actions(server.Endpoint).DeleteAsync("p/", prefix: true, default));
        Assert.Equal("OK, revision 5\nkey\nvalue\n2 keys deleted, revision 5\n", Output);
        Assert.Empty(Error);
    }

    [Fact]
    public async Task Get_options_reach_the_server()
    {
        RangeRequest? seen = null;
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            seen = RangeRequest.Parser.ParseFrom(await TestServer.ReadMessageAsync(context));
            var pair = new KeyValue { Key = ByteString.CopyFromUtf8("u/é"), Value = ByteString.CopyFrom(0xff),
                ModRevision = 4 };
            await TestServer.SendAsync(context, new RangeResponse { Header = new ResponseHeader { Revision = 9 },
                Count = 3, More = true, Kvs = { pair } });
            TestServer.End(context);
            return true;
        });
        var options = new GetOptions("u/") { Prefix = true, Revision = 7, Limit = 1, KeysOnly = true, Serializable =
            true };
        Assert.Equal(0, await Actions(server.Endpoint).GetAsync(options, default));
        Assert.Equal("u/", seen!.Key.ToStringUtf8());
        Assert.Equal("u0", seen.RangeEnd.ToStringUtf8());
        Assert.Equal((7, 1, true, true), (seen.Revision, seen.Limit, seen.KeysOnly, seen.Serializable));
        Assert.Equal("u/é\n", Output);
        Assert.Contains("3 keys in all", Error, StringComparison.Ordinal);
        Assert.Equal(0, await Actions(server.Endpoint).GetAsync(new GetOptions("u/") { Json = true }, default));
        Assert.EndsWith(
            """{"revision":9,"count":3,"more":true,"kvs":[{"key":"u/é","valueBase64":"/w==","createRevision":0,"modRevision":4,"version":0,"lease":0}]}""" + "\n",
            Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_ends_with_1_and_its_message()
    {
        await using TestServer server =
            await TestServer.StartAsync(TestServer.Refusing(3, "etcdserver: key is not provided"));
        Assert.Equal(1, await Actions(server.Endpoint).PutAsync("", "b", default));
        Assert.Equal("synod: etcdserver: key is not provided\n", Error);
    }

    [Fact]
    public async Task Nobody_there_ends_with_1_and_names_every_endpoint()
    {
        Uri first = TestServer.Closed();
        Uri second = TestServer.Closed();
        Assert.Equal(1, await Actions(first, second).PutAsync("a", "b", default));
        Assert.Matches($"^synod: {first.Authority}: cannot connect: .*; {second.Authority}: cannot connect: [^\n]*\n$",
            Error);
    }

    [Fact]
    public async Task The_next_endpoint_is_asked_when_one_is_down()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal(0, await Actions(TestServer.Closed(), server.Endpoint).PutAsync("a", "b", default));
        Assert.Equal(1, server.Puts);
    }

    [Fact]
    public async Task A_put_whose_connection_breaks_ends_with_3_and_is_not_sent_again()
    {
        await using TestServer breaking = await TestServer.StartAsync(async context =>
        {
            await TestServer.ReadMessageAsync(context);
            context.Abort();
            return true;
        });
        await using TestServer other = await TestServer.StartAsync();
        Assert.Equal(3, await Actions(breaking.Endpoint, other.Endpoint).PutAsync("a", "b", default));
        Assert.StartsWith("synod: unknown whether it was done: ", Error, StringComparison.Ordinal);
        Assert.Equal(1, breaking.Requests);
        Assert.Equal(0, other.Requests);
        // A read harms nobody twice.
        Assert.Equal(0, await Actions(breaking.Endpoint, other.Endpoint).GetAsync(new GetOptions("a"), default));
        Assert.Equal(1, other.Requests);
    }

    [Theory]
    [InlineData(14, "etcdserver: request timed out", 3)]
    [InlineData(14, "etcdserver: leader changed", 3)]
    [InlineData(2, "anything", 3)]
    [InlineData(14, "etcdserver: no leader", 1)]
    [InlineData(8, "etcdserver: too many requests", 1)]
    [InlineData(12, "unknown method", 1)]
    public async Task The_status_decides_whether_a_put_may_have_been_done(int status, string message, int expected)
    {
        await using TestServer server = await TestServer.StartAsync(TestServer.Refusing(status, message));
        Assert.Equal(expected, await Actions(server.Endpoint).PutAsync("a", "b", default));
        Assert.Contains(message, Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_answer_in_time_is_unknown_for_a_put_and_failed_for_a_get()
    {
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        });
        var hasty = new ClientActions([server.Endpoint], TimeSpan.FromMilliseconds(200), _output, _error);
        Assert.Equal(3, await hasty.PutAsync("a", "b", default));
        Assert.Equal(1, await hasty.GetAsync(new GetOptions("a"), default));
        Assert.Contains("no answer within 0.2 s", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_prints_a_row_for_each_endpoint_and_fails_when_one_is_down()
    {
        await using TestServer server = await TestServer.StartAsync();
        Uri closed = TestServer.Closed();
        Assert.Equal(0, await Actions(server.Endpoint).StatusAsync(json: false, default));
        string[] lines = Output.Split('\n');
        Assert.Equal(["ENDPOINT", "ID", "NAME", "VERSION", "ROLE", "TERM", "INDEX", "DB", "SIZE"],
            lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal([server.Endpoint.Authority, "7", "n1", "3.4.0", "leader", "0", "9", "2.0", "KiB"],
            lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, await Actions(closed, server.Endpoint).StatusAsync(json: false, default));
        Assert.Contains(
            Output.Split('\n'), line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).SequenceEqual([closed.Authority, "?", "unreachable"]));
        Assert.Contains($"synod: {closed.Authority}: cannot connect", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_shows_every_member_that_the_first_endpoint_to_answer_knows()
    {
        var known = new MemberListResponse();
        async Task<bool> AnswerAsync(Microsoft.AspNetCore.Http.HttpContext context, ulong id)
        {
            bool isList = context.Request.Path.Value!.EndsWith("MemberList", StringComparison.Ordinal);
            await TestServer.ReadMessageAsync(context);
            await TestServer.SendAsync(
                context, isList ? known : new StatusResponse { Header = new ResponseHeader { MemberId = id }, Leader = 2 });
            TestServer.End(context);
            return true;
        }
        await using TestServer one = await TestServer.StartAsync(context => AnswerAsync(context, 1));
        await using TestServer two = await TestServer.StartAsync(context => AnswerAsync(context, 2));
        Uri closed = TestServer.Closed();
        known.Members.Add(new Member { ID = 1, Name = "a", ClientURLs = { "http://192.0.2.1:2379" } }); // Another way leads there.
        known.Members.Add(new Member { ID = 2, Name = "b", ClientURLs = { two.Endpoint.ToString().TrimEnd('/') } });
        Assert.Equal(0, await Actions(one.Endpoint).StatusAsync(json: false, default));
        string[][] rows = Rows();
        Assert.Equal([one.Endpoint.Authority, "1", "a"], rows[1][..3]);
        Assert.Equal([two.Endpoint.Authority, "2", "b"], rows[2][..3]);
        Assert.Equal(["follower", "leader"], rows[1..3].Select(row => row[3]));
        known.Members.Add(new Member { ID = 3, Name = "c", ClientURLs = { closed.ToString().TrimEnd('/') } });
        known.Members.Add(new Member { ID = 4, Name = "d" });
        int before = rows.Length;
        Assert.Equal(1, await Actions(closed, one.Endpoint).StatusAsync(json: false, default));
        rows = Rows()[before..];
        Assert.Equal(["a", "b"], rows[1..3].Select(row => row[2]));
        Assert.Equal([closed.Authority, "c", "unreachable"], rows[3]);
        Assert.Equal(["?", "d", "unreachable"], rows[4]);
        Assert.Equal(5, rows.Length);

        string[][] Rows() => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
    }

    [Fact]
    public async Task A_saved_snapshot_replaces_no_file_unless_it_is_told_to_and_leaves_nothing_unfinished()
    {
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            await TestServer.ReadMessageAsync(context);
            await TestServer.SendAsync(context, new SnapshotResponse { Blob = ByteString.CopyFromUtf8("new"), RemainingBytes = 0 });
            TestServer.End(context);
            return true;
        });
        string directory = Directory.CreateTempSubdirectory("synod-test-").FullName;
        string file = Path.Combine(directory, "saved");
        var synced = new List<string>();
        await File.WriteAllTextAsync(file, "old");
        Assert.Equal(1, await SaveAsync(force: false));
        Assert.Equal("old", await File.ReadAllTextAsync(file));
        Assert.Contains("--force", Error, StringComparison.Ordinal);
        Assert.Empty(synced);
        Assert.Equal(0, await SaveAsync(force: true));
        Assert.Equal("new", await File.ReadAllTextAsync(file));
        Assert.Equal([directory], synced);
        Assert.Equal([file], Directory.EnumerateFiles(directory));
        Directory.Delete(directory, recursive: true);

        Task<int> SaveAsync(bool force) => SnapshotSaving.RunAsync(
            [server.Endpoint], TimeSpan.FromSeconds(30), file, force, synced.Add, _output, _error, default);
    }

    [Fact]
    public async Task The_leader_is_found_by_its_own_word()
    {
        await using TestServer follower = await TestServer.StartAsync(async context =>
        {
            await TestServer.ReadMessageAsync(context);
            await TestServer.SendAsync(context,
                new StatusResponse { Header = new ResponseHeader { MemberId = 3 }, Leader = 7 });
            TestServer.End(context);
            return true;
        });
        await using TestServer leader = await TestServer.StartAsync();
        using var client = new EtcdClient([TestServer.Closed(), follower.Endpoint, leader.Endpoint],
            TimeSpan.FromSeconds(30));
        Assert.Equal(leader.Endpoint, await client.FindLeaderAsync(default));
        using var without = new EtcdClient([follower.Endpoint], TimeSpan.FromSeconds(30));
        Assert.Null(await without.FindLeaderAsync(default));
    }

    [Fact]
    public async Task A_watch_goes_on_elsewhere_without_gap_or_repetition()
    {
        // The first server tells of revisions 3 and 4 and stops; the second is asked from 5 on.
        var starts = new List<long>();
        async Task<WatchRequest> OpenAsync(Microsoft.AspNetCore.Http.HttpContext context)
        {
            WatchRequest request = WatchRequest.Parser.ParseFrom(await TestServer.ReadMessageAsync(context));
            starts.Add(request.CreateRequest.StartRevision);
            await TestServer.SendAsync(context,
                new WatchResponse { Header = new ResponseHeader { Revision = 2 }, Created = true });
            return request;
        }
        await using TestServer first = await TestServer.StartAsync(async context =>
        {
            await OpenAsync(context);
            await TestServer.SendAsync(context, Change(3));
            await TestServer.SendAsync(context, Change(4));
            TestServer.End(context, 14, "etcdserver: server stopped");
            return true;
        });
        await using TestServer second = await TestServer.StartAsync(async context =>
        {
            await OpenAsync(context);
            await TestServer.SendAsync(context, Change(5));
            await TestServer.SendAsync(context,
                new WatchResponse { Header = new ResponseHeader(), Canceled = true, CompactRevision = 6 });
            return true;
        });
        Assert.Equal(1, await Actions(first.Endpoint, second.Endpoint).WatchAsync("k", false, 0, json: false, default));
        Assert.Equal([0L, 5L], starts);
        Assert.Equal("PUT\nk3\nv\nDELETE\nk4\nPUT\nk5\nv\n", Output);
        Assert.Contains("the history before revision 6 is forgotten", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_breaks_before_any_event_goes_on_from_where_it_was_made()
    {
        long start = -1;
        await using TestServer first = await TestServer.StartAsync(async context =>
        {
            await TestServer.ReadMessageAsync(context);
            await TestServer.SendAsync(context,
                new WatchResponse { Header = new ResponseHeader { Revision = 41 }, Created = true });
            TestServer.End(context, 14, "etcdserver: server stopped");
            return true;
        });
        using var source = new CancellationTokenSource();
        await using TestServer second = await TestServer.StartAsync(async context =>
        {
            start = WatchRequest.Parser.ParseFrom(
                await TestServer.ReadMessageAsync(context)).CreateRequest.StartRevision;
            await source.CancelAsync();
            return true;
        });
        // Ending it by hand is success.
        Assert.Equal(0, await Actions(first.Endpoint, second.Endpoint).WatchAsync("k", false, 0, json: true,
            source.Token));
        Assert.Equal(42, start);
    }

    [Fact]
    public async Task A_watch_comes_back_to_its_only_endpoint()
    {
        var starts = new List<long>();
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            starts.Add(WatchRequest.Parser.ParseFrom(
                await TestServer.ReadMessageAsync(context)).CreateRequest.StartRevision);
            await TestServer.SendAsync(context,
                new WatchResponse { Header = new ResponseHeader { Revision = 9 }, Created = true });
            if (starts.Count < 3)
            {
                TestServer.End(context, 14, "etcdserver: server stopped");
                return true;
            }
            await TestServer.SendAsync(context,
                new WatchResponse { Header = new ResponseHeader(), Canceled = true, CancelReason = "enough" });
            return true;
        });
        Assert.Equal(1, await Actions(server.Endpoint).WatchAsync("k", false, 0, json: false, default));
        Assert.Equal([0L, 10L, 10L], starts);
        Assert.Equal("synod: the server ended the watch: enough\n", Error);
    }

    [Fact]
    public async Task A_watch_that_never_stood_fails_at_once()
    {
        Uri closed = TestServer.Closed();
        Assert.Equal(1, await Actions(closed).WatchAsync("k", false, 0, json: false, default));
        Assert.StartsWith($"synod: {closed.Authority}: cannot connect", Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:2379", "http://127.0.0.1:2379/")]
    [InlineData("http://a:1, b:2", "http://a:1/ http://b:2/")]
    [InlineData("[::1]:5", "http://[::1]:5/")]
    public void Endpoints_are_read_as_etcdctl_writes_them(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', EtcdEndpoints.Parse(text)));

    [Theory]
    [InlineData("https://a:1", "https is not supported")]
    [InlineData("unix://a", "only http")]
    [InlineData("", "no endpoint")]
    [InlineData("a:b:c", "not an endpoint")]
    public void Other_endpoints_are_refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => EtcdEndpoints.Parse(text)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("a", "61", "62")]
    [InlineData("", "00", "00")]
    [InlineData("a\u007f", "617F", "6180")]
    public void A_prefix_ends_before_the_next_greater_string(string prefix, string key, string end)
    {
        KeyRange range = KeyRange.Prefix(prefix);
        Assert.Equal((key, end), (Convert.ToHexString(range.Key.Span), Convert.ToHexString(range.RangeEnd.Span)));
    }

    private static WatchResponse Change(long revision)
    {
        var pair = new KeyValue { Key = ByteString.CopyFromUtf8("k" + revision), ModRevision = revision };
        if (revision == 4)
        {
            return new WatchResponse { Header = new ResponseHeader(), Events =
                { new Event { Type = Event.Types.EventType.Delete, Kv = pair } } };
        }
        pair.Value = ByteString.CopyFromUtf8("v");
        return new WatchResponse { Header = new ResponseHeader(), Events = { new Event { Kv = pair } } };
    }

    private ClientActions Actions(params Uri[] endpoints) => new(endpoints, TimeSpan.FromSeconds(30), _output, _error);
}
