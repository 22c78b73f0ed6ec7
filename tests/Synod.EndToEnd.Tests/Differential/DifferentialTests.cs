using System.Globalization;
using Google.Protobuf;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>
/// The same requests to a real etcd 3.4 and to Synod: answers are compared field by field, refusals by code and words. What
/// differs on purpose stands in docs/clients.md and is asked by no test here.
/// </summary>
/// <remarks>More seeds by hand: <c>DIFFERENTIAL_SEEDS=100-160 dotnet test ... --filter Differential</c>.</remarks>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const string SeedsVariable = "DIFFERENTIAL_SEEDS";
    private const int SeedsByDefault = 6;
    private const int RequestsPerSeed = 250;

    [Fact]
    public async Task Random_requests_are_answered_alike()
    {
        await using var servers = await TwoServers.StartAsync(output);
        foreach (var seed in Seeds(SeedsByDefault))
        {
            output.WriteLine($"seed {seed}");
            var requests = new RandomRequests(seed);
            await BeginAnewAsync(servers, requests);
            for (var i = 0; i < RequestsPerSeed; i++)
            {
                await AskOneAsync(servers, requests);
            }
        }
        servers.ExpectNoDifference();
        output.WriteLine($"{servers.Asked.All} requests, {servers.Asked.Refused} of them refused");
        Assert.InRange(servers.Asked.Refused, servers.Asked.All / 20, servers.Asked.All / 2);
    }

    /// <summary>Those that are asked for by hand, or the first few.</summary>
    internal static IEnumerable<int> Seeds(int byDefault)
    {
        var wanted = Environment.GetEnvironmentVariable(SeedsVariable)?.Split('-');
        var first = wanted is null ? 1 : int.Parse(wanted[0], CultureInfo.InvariantCulture);
        var last = wanted is null ? byDefault : int.Parse(wanted[^1], CultureInfo.InvariantCulture);
        return Enumerable.Range(first, last - first + 1);
    }

    /// <summary>Whatever is there goes away, and history with it.</summary>
    internal static async Task BeginAnewAsync(TwoServers servers, RandomRequests requests)
    {
        var leases = await servers.AskAsync(Rpc.Leases, new LeaseLeasesRequest(), LeaseLeasesResponse.Parser);
        foreach (var lease in leases!.Leases)
        {
            await servers.AskAsync(Rpc.Revoke, new LeaseRevokeRequest { ID = lease.ID }, LeaseRevokeResponse.Parser);
        }
        var everything = new DeleteRangeRequest { Key = RandomRequests.Bytes("\0"), RangeEnd = RandomRequests.Bytes("\0") };
        requests.Revision = (await servers.AskAsync(Rpc.DeleteRange, everything, DeleteRangeResponse.Parser))!.Header.Revision;
        if (requests.Revision > 1)
        {
            // May be compacted already, by the seed before.
            await servers.AskAsync(Rpc.Compact, new CompactionRequest { Revision = requests.Revision }, CompactionResponse.Parser);
            requests.Compacted = requests.Revision;
        }
    }

    private static async Task AskOneAsync(TwoServers servers, RandomRequests requests)
    {
        switch (requests.Below(100))
        {
            case < 30:
                Note((await servers.AskAsync(Rpc.Put, requests.Put(), PutResponse.Parser))?.Header);
                break;
            case < 50:
                await servers.AskAsync(Rpc.Range, requests.Range(), RangeResponse.Parser);
                break;
            case < 57:
                Note((await servers.AskAsync(Rpc.DeleteRange, requests.Delete(), DeleteRangeResponse.Parser))?.Header);
                break;
            case < 85:
                Note((await servers.AskAsync(Rpc.Txn, requests.Txn(), TxnResponse.Parser))?.Header);
                break;
            case < 87:
                var compaction = requests.Compaction();
                if (await servers.AskAsync(Rpc.Compact, compaction, CompactionResponse.Parser) is not null)
                {
                    requests.Compacted = compaction.Revision;
                }
                break;
            case < 92:
                await servers.AskAsync(Rpc.Grant, requests.Grant(), LeaseGrantResponse.Parser);
                break;
            case < 94:
                var revoke = new LeaseRevokeRequest { ID = requests.LeaseId() };
                Note((await servers.AskAsync(Rpc.Revoke, revoke, LeaseRevokeResponse.Parser))?.Header);
                break;
            case < 97:
                var left = new LeaseTimeToLiveRequest { ID = requests.LeaseId(), Keys = requests.Chance(2) };
                await servers.AskAsync(Rpc.TimeToLive, left, LeaseTimeToLiveResponse.Parser);
                break;
            case < 98:
                await servers.AskAsync(Rpc.Leases, new LeaseLeasesRequest(), LeaseLeasesResponse.Parser);
                break;
            case < 99:
                await servers.AskAsync(Rpc.KeepAlive, new LeaseKeepAliveRequest { ID = requests.LeaseId() }, LeaseKeepAliveResponse.Parser);
                break;
            default:
                await servers.AskAsync(Rpc.HashKv, requests.Hash(), HashKVResponse.Parser);
                break;
        }

        void Note(ResponseHeader? header) => requests.Revision = header?.Revision ?? requests.Revision;
    }
}
