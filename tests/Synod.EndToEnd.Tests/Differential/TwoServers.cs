using Google.Protobuf;
using Synod.Doors.Etcd.Tests;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>
/// One real etcd and one node of Synod, each a cluster by itself. Whatever is asked is asked of both, and their answers, or
/// the codes and words of their refusals, are compared.
/// </summary>
internal sealed class TwoServers : IAsyncDisposable
{
    private const int RequestsShown = 3;
    private const int DifferencesMax = 40;

    private readonly TestCluster _cluster;
    private readonly EtcdUnderTest _etcd;
    private readonly Queue<string> _last = new();
    private readonly List<string> _differences = [];

    private TwoServers(TestCluster cluster, EtcdUnderTest etcd)
    {
        _cluster = cluster;
        _etcd = etcd;
        Synod = new GrpcClient(cluster.Nodes[0].ClientUrl);
        Etcd = new GrpcClient(etcd.Url);
    }

    public GrpcClient Etcd { get; }

    public GrpcClient Synod { get; }

    public string EtcdUrl => _etcd.Url;

    public string SynodUrl => _cluster.Nodes[0].ClientUrl;

    /// <summary>Requests that were answered alike, and those of them that were refused.</summary>
    public (int All, int Refused) Asked { get; private set; }

    public static async Task<TwoServers> StartAsync(ITestOutputHelper output)
    {
        var etcd = await EtcdUnderTest.StartAsync();
        try
        {
            var cluster = await TestCluster.StartAsync(output, 1, "--auto-compaction-retention", "0");
            return new TwoServers(cluster, etcd);
        }
        catch
        {
            await etcd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks both.</summary>
    /// <returns>The answer of Synod, which is that of etcd as well; null if both refused.</returns>
    public async Task<T?> AskAsync<T>(string path, IMessage request, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        var words = $"{path[(path.LastIndexOf('/') + 1)..]} {request}";
        var theirs = SendAsync(Etcd, "etcd", words, path, request);
        var ours = SendAsync(Synod, "Synod", words, path, request);
        var (expected, _) = Read(await theirs, parser);
        var (actual, answer) = Read(await ours, parser);
        Expect(words, expected, actual);
        Asked = (Asked.All + 1, Asked.Refused + (answer is null ? 1 : 0));
        _last.Enqueue(words + "\n      -> " + actual);
        while (_last.Count > RequestsShown)
        {
            _last.Dequeue();
        }
        return answer;
    }

    /// <summary>Notes, with what was asked before, where the two differ; gives up when they differ too often.</summary>
    public void Expect(string asked, string expected, string actual)
    {
        if (expected != actual)
        {
            _differences.Add($"before:\n  {string.Join("\n  ", _last)}\nasked:\n  {asked}\netcd:\n  {expected}\nSynod:\n  {actual}\n");
            if (_differences.Count >= DifferencesMax)
            {
                ExpectNoDifference();
            }
        }
    }

    /// <summary>Fails with all differences that were noted.</summary>
    public void ExpectNoDifference() =>
        Assert.True(_differences.Count == 0, string.Join("\n=====\n", _differences) + _etcd.Log);

    public Task<PutResponse?> PutAsync(string key, string value) => AskAsync(
        Rpc.Put, new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) }, PutResponse.Parser);

    public async ValueTask DisposeAsync()
    {
        Etcd.Dispose();
        Synod.Dispose();
        await _cluster.DisposeAsync();
        await _etcd.DisposeAsync();
    }

    private async Task<(GrpcEnding Ending, List<byte[]> Messages)> SendAsync(
        GrpcClient server, string name, string words, string path, IMessage request)
    {
        try
        {
            return await server.SendAsync(path, GrpcClient.Frame(request.ToByteArray()));
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException($"{name} broke off: {words}\n{_etcd.Log}", e);
        }
    }

    private static (string Text, T? Answer) Read<T>((GrpcEnding Ending, List<byte[]> Messages) result, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        if (result.Ending.Code != 0)
        {
            return ($"refused {result.Ending.Code}: {result.Ending.Message}", null);
        }
        var answer = parser.ParseFrom(Assert.Single(result.Messages));
        return (Normal.Of(answer.Clone()), answer);
    }
}

/// <summary>The methods by path.</summary>
internal static class Rpc
{
    public const string Range = "/etcdserverpb.KV/Range";
    public const string Put = "/etcdserverpb.KV/Put";
    public const string DeleteRange = "/etcdserverpb.KV/DeleteRange";
    public const string Txn = "/etcdserverpb.KV/Txn";
    public const string Compact = "/etcdserverpb.KV/Compact";
    public const string Watch = "/etcdserverpb.Watch/Watch";
    public const string Grant = "/etcdserverpb.Lease/LeaseGrant";
    public const string Revoke = "/etcdserverpb.Lease/LeaseRevoke";
    public const string TimeToLive = "/etcdserverpb.Lease/LeaseTimeToLive";
    public const string Leases = "/etcdserverpb.Lease/LeaseLeases";
    public const string KeepAlive = "/etcdserverpb.Lease/LeaseKeepAlive";
    public const string Alarm = "/etcdserverpb.Maintenance/Alarm";
    public const string HashKv = "/etcdserverpb.Maintenance/HashKV";
}
