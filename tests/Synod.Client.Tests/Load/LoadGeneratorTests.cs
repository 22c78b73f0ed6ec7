using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Synod.Client.Load;
using Synod.Client.Tests.Etcd;
using Synod.Protocol.Etcd;

namespace Synod.Client.Tests.Load;

/// <summary>The generator against Kestrel's HTTP/2.</summary>
public class LoadGeneratorTests
{
    private static LoadPlan Plan(params TestServer[] servers) => new()
    {
        Endpoints = [.. servers.Select(server => server.Endpoint)],
        Clients = 20,
        Connections = 3,
        Keys = 50,
        Requests = 500,
        Warmup = 100,
    };

    [Theory]
    [InlineData(LoadMode.Put)]
    [InlineData(LoadMode.Get)]
    [InlineData(LoadMode.GetSerializable)]
    [InlineData(LoadMode.Mixed)]
    public async Task Every_request_is_sent_once_and_counted_once(LoadMode mode)
    {
        await using TestServer one = await TestServer.StartAsync();
        await using TestServer two = await TestServer.StartAsync();
        LoadReport report = await RunAsync(Plan(one, two) with { Mode = mode });
        Assert.Null(report.Failure);
        Assert.Equal(500, report.Requests);
        Assert.Equal(500, report.Latencies.Count);
        Assert.Equal(0, report.Failures);
        Assert.Equal(0, report.Missing);
        Assert.Equal(600, one.Requests + two.Requests);
        Assert.True(one.Requests > 0 && two.Requests > 0);
        int puts = one.Puts + two.Puts;
        Assert.True(mode switch { LoadMode.Put => puts == 600, LoadMode.Mixed => puts is > 200 and < 400, _ =>
            puts == 0 });
    }

    [Fact]
    public async Task Requests_carry_keys_and_values_of_the_asked_lengths()
    {
        var keys = new HashSet<string>();
        var values = new HashSet<string>();
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            PutRequest put = PutRequest.Parser.ParseFrom(await TestServer.ReadMessageAsync(context));
            lock (keys)
            {
                keys.Add(put.Key.ToStringUtf8());
                values.Add(put.Value.ToStringUtf8());
            }
            await TestServer.SendAsync(context, new PutResponse { Header = new ResponseHeader { Revision = 2 } });
            TestServer.End(context);
            return true;
        });
        // Longer than a frame (16,384 bytes), so that a body takes several; and two of them exceed the connection's
        // window.
        LoadReport report = await RunAsync(Plan(server) with { Connections = 1, Sequential = true, Warmup = 0,
            Requests = 60, KeyBytes = 12, ValueBytes = 40_000 });
        Assert.Equal(60, report.Requests);
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"k{number:00000000000}"), keys.Order());
        Assert.Equal(60, values.Count);
        Assert.All(values, value => Assert.Equal(40_000, value.Length));
    }

    [Fact]
    public async Task The_same_seed_draws_the_same_keys()
    {
        var drawn = new List<string>();
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            drawn.Add(PutRequest.Parser.ParseFrom(await TestServer.ReadMessageAsync(context)).ToString());
            return await AnswerAsync(context);
        });
        LoadPlan plan = Plan(server) with { Clients = 1, Connections = 1, Warmup = 0, Requests = 40 };
        await RunAsync(plan with { Seed = 5 });
        await RunAsync(plan with { Seed = 5 });
        await RunAsync(plan with { Seed = 6 });
        Assert.Equal(drawn[..40], drawn[40..80]);
        Assert.NotEqual(drawn[..40], drawn[80..]);
        Assert.True(drawn[..40].Distinct().Count() > 20);
    }

    [Fact]
    public async Task Serializable_gets_say_so_and_others_do_not()
    {
        int serializable = 0;
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            RangeRequest range = RangeRequest.Parser.ParseFrom(await TestServer.ReadMessageAsync(context));
            Interlocked.Add(ref serializable, range.Serializable ? 1 : 0);
            await TestServer.SendAsync(context, new RangeResponse { Header = new ResponseHeader { Revision = 2 } });
            TestServer.End(context);
            return true;
        });
        LoadReport linearizable = await RunAsync(Plan(server) with { Mode = LoadMode.Get, Warmup = 0 });
        Assert.Equal(0, serializable);
        Assert.Equal(500, linearizable.Missing); // no key was in any answer
        await RunAsync(Plan(server) with { Mode = LoadMode.GetSerializable, Warmup = 0 });
        Assert.Equal(500, serializable);
    }

    [Fact]
    public async Task A_run_by_time_ends_and_counts()
    {
        await using TestServer server = await TestServer.StartAsync();
        LoadReport report = await RunAsync(
            Plan(server) with { Requests = 0, Warmup = 10, Duration = TimeSpan.FromMilliseconds(200) });
        Assert.Null(report.Failure);
        Assert.True(report.Requests > 0);
        Assert.True(report.Measured >= TimeSpan.FromMilliseconds(200));
        Assert.InRange(server.Requests, report.Requests + 10, long.MaxValue);
    }

    [Fact]
    public async Task Refusals_are_counted_by_status_and_message()
    {
        int number = 0;
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            await TestServer.ReadMessageAsync(context);
            if (Interlocked.Increment(ref number) % 2 == 0)
            {
                return await AnswerAsync(context);
            }
            TestServer.End(context, 14, "etcdserver: leader changed");
            return true;
        });
        LoadReport report = await RunAsync(Plan(server) with { Warmup = 0 });
        Assert.Null(report.Failure);
        Assert.Equal(250, report.Requests);
        Assert.Equal(250, report.Failures);
        Assert.Equal(250, report.Errors["UNAVAILABLE: etcdserver: leader changed"]);
    }

    [Fact]
    public async Task Reset_streams_are_counted_and_the_run_goes_on()
    {
        int number = 0;
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            await TestServer.ReadMessageAsync(context);
            if (Interlocked.Increment(ref number) % 5 == 0)
            {
                context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResetFeature>()!.Reset(8);
                return true;
            }
            return await AnswerAsync(context);
        });
        LoadReport report = await RunAsync(Plan(server) with { Warmup = 0 });
        Assert.Null(report.Failure);
        Assert.Equal(400, report.Requests);
        Assert.Equal(100, report.Errors["stream reset: CANCEL"]);
    }

    [Fact]
    public async Task Answers_of_other_servers_are_errors()
    {
        int number = 0;
        await using TestServer server = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref number) % 2 == 0 ? 404 : 200;
            return Task.FromResult(true);
        });
        LoadReport report = await RunAsync(Plan(server) with { Warmup = 0 });
        Assert.Equal(0, report.Requests);
        Assert.Equal(250, report.Errors["HTTP status 404"]);
        Assert.Equal(250, report.Errors["an answer without grpc-status"]);
    }

    [Fact]
    public async Task A_silent_server_ends_the_run_with_its_name()
    {
        var never = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            await Task.WhenAny(never.Task,
                Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
            return true;
        });
        LoadReport report = await RunAsync(Plan(server) with { RequestTimeout = TimeSpan.FromMilliseconds(100) });
        Assert.Equal($"{server.Endpoint.Authority} did not answer a request for 0.1 s", report.Failure);
        Assert.Equal(0, report.Requests);
        never.SetResult();
    }

    [Fact]
    public async Task A_server_that_takes_too_few_streams_is_named()
    {
        await using TestServer server = await TestServer.StartAsync();
        LoadReport report = await RunAsync(Plan(server) with { Clients = 1001, Connections = 1 });
        Assert.Contains("takes 1000 requests at once", report.Failure, StringComparison.Ordinal);
        Assert.Null((await RunAsync(Plan(server) with { Clients = 1000, Connections = 1, Requests = 2000 })).Failure);
    }

    [Fact]
    public async Task Interrupting_ends_the_run()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var source = new CancellationTokenSource();
        Task<LoadReport> running = Task.Run(
            () => LoadGenerator.Run(Plan(server) with { Requests = 0, Duration = TimeSpan.FromHours(1) },
                source.Token));
        await source.CancelAsync();
        Assert.Equal("interrupted", (await running.WaitAsync(TimeSpan.FromSeconds(30))).Failure);
    }

    [Fact]
    public async Task A_closed_port_is_named()
    {
        LoadReport report = await RunAsync(new LoadPlan { Endpoints = [TestServer.Closed()] });
        Assert.StartsWith("cannot connect to 127.0.0.1:", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_is_one_line_of_JSON_and_a_table()
    {
        await using TestServer server = await TestServer.StartAsync();
        LoadReport report = await RunAsync(Plan(server) with { ServerProcesses = [Environment.ProcessId] });
        string line = report.ToJson();
        Assert.DoesNotContain('\n', line);
        JsonElement json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(500, json.GetProperty("requests").GetInt64());
        Assert.Equal("put", json.GetProperty("mode").GetString());
        Assert.True(json.GetProperty("p99Microseconds").GetDouble() >= json.GetProperty("p50Microseconds").GetDouble());
        Assert.True(json.TryGetProperty("serverCpuMicroseconds", out _));
        Assert.Contains("20 in flight over 3 connections", report.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plans_that_cannot_be_carried_out_say_why()
    {
        var plan = new LoadPlan { Endpoints = [new Uri("http://a:1")] };
        Assert.Null(plan.Problem());
        Assert.Equal("no endpoint", (plan with { Endpoints = [] }).Problem());
        Assert.Contains("only http", (plan with { Endpoints = [new Uri("https://a:1")] }).Problem(),
            StringComparison.Ordinal);
        Assert.Contains("clients", (plan with { Clients = 0 }).Problem(), StringComparison.Ordinal);
        Assert.Contains("more connections", (plan with { Clients = 4, Connections = 5 }).Problem(),
            StringComparison.Ordinal);
        Assert.Null((plan with { KeyBytes = 6 }).Problem()); // k and the digits of 99999
        Assert.Contains("6 to 120", (plan with { KeyBytes = 5 }).Problem(), StringComparison.Ordinal);
        Assert.Null((plan with { ValueBytes = LoadPlan.ValueBytesMax }).Problem());
        Assert.Contains("value bytes", (plan with { ValueBytes = LoadPlan.ValueBytesMax + 1 }).Problem(),
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LoadGenerator.Run(plan with { Clients = 0 }));
    }

    private static async Task<bool> AnswerAsync(HttpContext context)
    {
        await TestServer.SendAsync(context, new PutResponse { Header = new ResponseHeader { Revision = 2 } });
        TestServer.End(context);
        return true;
    }

    private static Task<LoadReport> RunAsync(LoadPlan plan) =>
        Task.Run(() => LoadGenerator.Run(plan)).WaitAsync(TimeSpan.FromSeconds(60));
}
