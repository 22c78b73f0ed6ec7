namespace Synod.Doors.Etcd.Tests;

/// <summary>Unchanged clients of etcd against the door.</summary>
public sealed class RealClientTests : IAsyncLifetime
{
    private OpenDoor _door = null!;

    private Etcdctl Etcdctl => new(_door.Address);

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public Task Etcdctl_puts_gets_and_deletes() => EtcdctlScenarios.PutGetDeleteAsync(Etcdctl, "p/");

    [Fact]
    public Task Etcdctl_runs_transactions() => EtcdctlScenarios.TransactionAsync(Etcdctl, "t/");

    [Fact]
    public Task Etcdctl_watches_history_and_what_follows() => EtcdctlScenarios.WatchWithHistoryAsync(Etcdctl, "w/");

    [Fact]
    public Task Etcdctl_shows_status_health_and_members() => EtcdctlScenarios.StatusHealthAndMembersAsync(Etcdctl, 1);

    [Fact]
    public Task Etcdctl_is_told_what_is_not_there() => EtcdctlScenarios.UnknownServicesAsync(Etcdctl);

    [Fact]
    public async Task Etcdctl_is_told_of_a_write_of_unknown_outcome_in_words_that_it_does_not_retry_on()
    {
        _door.Node.FailWith = Synod.Node.Failure.TimedOut;
        Assert.Contains(
            "Error: etcdserver: request timed out",
            await Etcdctl.FailAsync("put", "a", "1"),
            StringComparison.Ordinal);
        Assert.Equal(0, _door.Node.Writes);
    }

    [Fact]
    public async Task Etcdctl_hears_that_a_watched_revision_is_compacted()
    {
        await Etcdctl.RunAsync("put", "a", "1");
        await Etcdctl.RunAsync("put", "a", "2");
        Assert.Equal("compacted revision 3\n", await Etcdctl.RunAsync("compaction", "3"));
        Assert.Contains(
            "etcdserver: mvcc: required revision has been compacted",
            await Etcdctl.FailAsync("compaction", "3"),
            StringComparison.Ordinal);
        Assert.Contains(
            "required revision has been compacted",
            await Etcdctl.FailAsync("watch", "a", "--rev=2"),
            StringComparison.Ordinal);
    }

    [Fact]
    public Task Etcdctl_grants_renews_lists_and_revokes_leases() => LeaseScenarios.EtcdctlLeasesAsync(Etcdctl, "l/");

    [Fact]
    public Task Etcdctl_locks() => LeaseScenarios.EtcdctlLockAsync(Etcdctl, "lock");

    [Fact]
    public Task Etcdctl_elects_and_observes() => LeaseScenarios.EtcdctlElectAsync(Etcdctl, "election");

    [Fact]
    public Task Python_leases_and_locks() => LeaseScenarios.PythonLeasesAndLocksAsync(_door.Address, "l/");

    [Fact]
    public Task Python_reads_writes_and_compares() => PythonScenarios.KeysAndTransactionsAsync(_door.Address, "p/");

    [Fact]
    public Task Python_watches_history_and_what_follows() => PythonScenarios.WatchAsync(_door.Address, "w/");

    [Fact]
    public Task Python_shows_errors_with_their_codes() => PythonScenarios.ErrorsAsync(_door.Address, "e/");

    [Theory]
    [InlineData("--http1.1", "1.1")]
    [InlineData("--http2-prior-knowledge", "2")]
    public async Task Curl_reaches_the_plain_pages_over_either_version_on_the_same_port(string flag, string version)
    {
        foreach (var (path, expected) in new[]
        {
            ("/health", """{"health":"true","reason":""}"""),
            ("/version", """{"etcdserver":"3.4.23","etcdcluster":"3.4.0","storage":"3.4.0"}"""),
            ("/metrics", "synod_door_calls_total"),
        })
        {
            await _door.Client.PutAsync("k", "v");
            var result = await Tool.RunAsync(
                "curl", "curl", ["-s", flag, "-w", "\n%{http_version} %{http_code}", _door.Address + path]);
            Assert.Contains(expected, result.Output, StringComparison.Ordinal);
            Assert.Equal($"{version} 200", result.Lines[^1]);
        }
    }
}
