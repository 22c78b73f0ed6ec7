using Microsoft.Extensions.Logging;
using Synod.Server.Serving;

namespace Synod.Server.Tests;

public sealed class ServeOptionsTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void Without_settings_a_node_stands_alone_on_etcds_ports()
    {
        var options = ReadGood([]);
        Assert.Equal("default", options.Name);
        Assert.Equal("default.synod", options.DataDirectory);
        Assert.Equal("http://localhost:2379", Assert.Single(options.ListenClientUrls).ToString());
        Assert.Equal(options.ListenClientUrls, options.AdvertiseClientUrls);
        Assert.Equal("http://localhost:2380", options.ListenPeerUrl.ToString());
        Assert.Equal(new InitialMember("default", options.AdvertisePeerUrl), Assert.Single(options.InitialCluster));
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.HeartbeatInterval);
        Assert.Equal(TimeSpan.FromSeconds(1), options.ElectionTimeout);
        Assert.Null(options.SnapshotCount);
        Assert.Equal(LogLevel.Information, options.LogLevel);
        Assert.False(options.ExpectsExistingCluster);
    }

    [Fact]
    public void Members_are_in_order_of_their_names_whatever_the_order_of_the_list()
    {
        var options = ReadGood(new()
        {
            ["name"] = "n2",
            ["initial-cluster"] = "n3=http://10.0.0.3:2380,n1=http://10.0.0.1:2380, n2=http://10.0.0.2:2380",
        });
        Assert.Equal(["n1", "n2", "n3"], options.InitialCluster.Select(member => member.Name));
        Assert.Equal("http://10.0.0.2:2380", options.AdvertisePeerUrl.ToString());
    }

    [Fact]
    public void A_flag_wins_over_a_variable_and_a_variable_over_the_file()
    {
        const string file = """{"name": "file", "data-dir": "file-dir", "election-timeout": 2000, "heartbeat-interval": "50", "snapshot-count": 5000}""";
        var variables = new Dictionary<string, string>
        {
            ["SYNOD_NAME"] = "variable",
            ["SYNOD_DATA_DIR"] = "variable-dir",
            ["SYNOD_CONFIG_FILE"] = "synod.json",
        };
        var sources = SettingSources.Gather(
            new Dictionary<string, string> { ["name"] = "flag" }, variables, _ => file);
        var options = ServeOptionsReader.Read(sources, out var errors);
        Assert.Empty(errors);
        Assert.NotNull(options);
        Assert.Equal("flag", options.Name);
        Assert.Equal("variable-dir", options.DataDirectory);
        Assert.Equal(TimeSpan.FromSeconds(2), options.ElectionTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(50), options.HeartbeatInterval);
        Assert.Equal(5000UL, options.SnapshotCount);
    }

    [Fact]
    public void A_list_in_the_file_is_the_comma_separated_list_of_the_flag()
    {
        var sources = SettingSources.Gather(
            new Dictionary<string, string> { ["config-file"] = "x" }, Nothing,
            _ => """{"listen-client-urls": ["http://127.0.0.1:1", "http://127.0.0.1:2"]}""");
        var options = ServeOptionsReader.Read(sources, out _);
        Assert.Equal(["http://127.0.0.1:1", "http://127.0.0.1:2"], options!.ListenClientUrls.Select(url => url.ToString()));
    }

    [Fact]
    public void Origins_of_web_pages_are_a_list_that_is_empty_by_default()
    {
        Assert.Empty(ReadGood([]).OriginsAllowed);
        Assert.Equal(
            ["https://a.example", "http://localhost:8080"],
            ReadGood(new() { ["cors"] = "https://a.example, http://localhost:8080" }).OriginsAllowed);
    }

    [Fact]
    public void An_empty_variable_counts_as_not_set()
    {
        var sources = SettingSources.Gather(
            Nothing, new Dictionary<string, string> { ["SYNOD_NAME"] = "" }, _ => "");
        Assert.Equal("default", ServeOptionsReader.Read(sources, out _)!.Name);
    }

    [Fact]
    public void A_misspelt_variable_is_named()
    {
        var sources = SettingSources.Gather(
            Nothing, new Dictionary<string, string> { ["SYNOD_DATADIR"] = "x", ["HOME"] = "y" }, _ => "");
        Assert.Equal(["SYNOD_DATADIR"], sources.UnknownVariables);
    }

    [Theory]
    [InlineData("""{"nme": "x"}""", "x.json: nme is not a setting; see synod serve --help")]
    [InlineData("""{"name": true}""", "x.json: name must be a text, a number or a list of texts")]
    [InlineData("[]", "--config-file: x.json is not a JSON object: write {\"name\": \"n1\", ...}")]
    [InlineData("{\n\"name\" n1}", "--config-file: x.json is not JSON (line 2): write {\"name\": \"n1\", ...}")]
    [InlineData("""{"election-timeout": 1}""",
        "x.json: election-timeout: 1 ms is too short: it must be at least 5 times the heartbeat-interval of 100 ms")]
    public void A_mistake_in_the_file_is_one_line_that_names_the_place(string file, string line)
    {
        var sources = SettingSources.Gather(
            new Dictionary<string, string> { ["config-file"] = "x.json" }, Nothing, _ => file);
        Assert.Null(ServeOptionsReader.Read(sources, out var errors));
        Assert.Equal([line], errors);
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_line()
    {
        var sources = SettingSources.Gather(
            new Dictionary<string, string> { ["config-file"] = "x.json" }, Nothing,
            _ => throw new FileNotFoundException("Could not find it."));
        Assert.Null(ServeOptionsReader.Read(sources, out var errors));
        Assert.Equal(["--config-file: x.json cannot be read: Could not find it."], errors);
    }

    [Theory]
    [InlineData("name", "", "the name is empty")]
    [InlineData("name", "a=b", "\"a=b\" has a comma, an equals sign, a slash or a control character")]
    [InlineData("data-dir", "", "the directory's name is empty")]
    [InlineData("listen-client-urls", "https://127.0.0.1:1",
        "\"https://127.0.0.1:1\" asks for TLS, which comes later; use http: for now")]
    [InlineData("listen-client-urls", "127.0.0.1:1", "\"127.0.0.1:1\" is not a URL such as http://127.0.0.1:2379")]
    [InlineData("listen-client-urls", "unix://localhost:1", "\"unix://localhost:1\" has the scheme unix; only http: is supported")]
    [InlineData("listen-client-urls", "http://127.0.0.1", "\"http://127.0.0.1\" has no port; write it like http://127.0.0.1:2379")]
    [InlineData("listen-client-urls", "http://127.0.0.1:0", "\"http://127.0.0.1:0\" has no port; write it like http://127.0.0.1:2379")]
    [InlineData("listen-client-urls", "http://127.0.0.1:1/x",
        "\"http://127.0.0.1:1/x\" has more than a host and a port; write it like http://127.0.0.1:2379")]
    [InlineData("listen-client-urls", "http://127.0.0.1:1,http://127.0.0.1:1", "http://127.0.0.1:1 stands there twice")]
    [InlineData("listen-client-urls", "http://example.com:1",
        "http://example.com:1: to listen, an IP address or localhost is needed, not a host name")]
    [InlineData("advertise-client-urls", "http://0.0.0.0:1", "http://0.0.0.0:1: clients cannot reach a wildcard address")]
    [InlineData("listen-peer-urls", "http://127.0.0.1:1,http://127.0.0.1:2", "a node has one peer address, not 2")]
    [InlineData("initial-cluster", "n1", "\"n1\" is not NAME=URL")]
    [InlineData("initial-cluster", "default=https://127.0.0.1:1",
        "\"https://127.0.0.1:1\" asks for TLS, which comes later; use http: for now")]
    [InlineData("initial-cluster", "default=http://127.0.0.1:1,default=http://127.0.0.1:2",
        "the name default stands there twice; a node has one peer address")]
    [InlineData("initial-cluster", "default=http://127.0.0.1:1,other=http://127.0.0.1:1",
        "default and other have the same peer URL http://127.0.0.1:1")]
    [InlineData("initial-cluster", "n1=http://127.0.0.1:1,n2=http://127.0.0.1:2",
        "this node's name default is not among n1, n2; set --name")]
    [InlineData("initial-cluster", "default=http://0.0.0.0:1", "http://0.0.0.0:1: other nodes cannot reach a wildcard address")]
    [InlineData("initial-cluster-state", "old", "\"old\" is neither new nor existing")]
    [InlineData("snapshot-count", "99", "\"99\" is not a whole number of writes from 100 to 1000000000")]
    [InlineData("snapshot-count", "-1000", "\"-1000\" is not a whole number of writes from 100 to 1000000000")]
    [InlineData("heartbeat-interval", "0", "\"0\" is not a whole number of milliseconds from 1 to 10000")]
    [InlineData("heartbeat-interval", "10001", "\"10001\" is not a whole number of milliseconds from 1 to 10000")]
    [InlineData("election-timeout", "1s", "\"1s\" is not a whole number of milliseconds from 1 to 50000")]
    [InlineData("election-timeout", "50001", "\"50001\" is not a whole number of milliseconds from 1 to 50000")]
    [InlineData("election-timeout", "499", "499 ms is too short: it must be at least 5 times the heartbeat-interval of 100 ms")]
    [InlineData("cors", "*,https://a.example/", "\"https://a.example/\" is neither * nor an origin such as https://console.example")]
    [InlineData("cors", "a.example", "\"a.example\" is neither * nor an origin such as https://console.example")]
    [InlineData("log-level", "loud", "\"loud\" is none of debug, info, warn, error")]
    [InlineData("log-format", "xml", "\"xml\" is neither text nor json")]
    public void A_bad_flag_is_one_line_that_names_it(string name, string value, string problem)
    {
        Assert.Equal([$"--{name}: {problem}"], ReadBad(new() { [name] = value }));
    }

    [Theory]
    [InlineData("election-timeout", "500")]
    [InlineData("election-timeout", "50000")]
    [InlineData("heartbeat-interval", "1")]
    public void A_limit_itself_is_good(string name, string value) => ReadGood(new() { [name] = value });

    [Fact]
    public void A_wildcard_to_listen_on_needs_an_address_to_be_reached_at()
    {
        Assert.Equal(
            ["--advertise-client-urls is needed when --listen-client-urls has a wildcard address"],
            ReadBad(new() { ["listen-client-urls"] = "http://0.0.0.0:2379" }));
        Assert.Equal(
            ["--initial-advertise-peer-urls is needed when --listen-peer-urls has a wildcard address"],
            ReadBad(new() { ["listen-peer-urls"] = "http://[::]:2380" }));
        ReadGood(new()
        {
            ["listen-peer-urls"] = "http://0.0.0.0:2380",
            ["initial-cluster"] = "default=http://10.0.0.1:2380",
        });
    }

    [Fact]
    public void The_own_peer_url_must_be_the_one_that_the_others_know()
    {
        Assert.Equal(
            ["--initial-cluster: default has the peer URL http://10.0.0.1:2380, but --initial-advertise-peer-urls says http://10.0.0.2:2380"],
            ReadBad(new()
            {
                ["initial-cluster"] = "default=http://10.0.0.1:2380",
                ["initial-advertise-peer-urls"] = "http://10.0.0.2:2380",
            }));
    }

    [Fact]
    public void Thirty_one_members_are_taken_and_thirty_two_refused()
    {
        Assert.Equal(31, ReadGood(new() { ["name"] = "n1", ["initial-cluster"] = Cluster(31) }).InitialCluster.Count);
        Assert.Equal(
            ["--initial-cluster: more than 31 members"],
            ReadBad(new() { ["name"] = "n1", ["initial-cluster"] = Cluster(32) }));
    }

    [Fact]
    public void Every_mistake_has_its_line_at_once()
    {
        var lines = ReadBad(new() { ["log-level"] = "x", ["log-format"] = "y", ["listen-peer-urls"] = "z" });
        Assert.Equal(3, lines.Count);
    }

    [Theory]
    [InlineData("http://[::1]:2379", "http://[::1]:2379")]
    [InlineData("http://LOCALHOST:2379", "http://localhost:2379")]
    [InlineData("http://10.0.0.1:80", "http://10.0.0.1:80")]
    public void A_url_is_written_as_it_is_compared(string text, string written)
    {
        Assert.True(NodeUrl.TryParse(text, out var url, out _));
        Assert.Equal(written, url.ToString());
    }

    private static string Cluster(int count) =>
        string.Join(',', Enumerable.Range(1, count).Select(i => $"n{i}=http://10.0.0.{i}:2380"));

    private static ServeOptions ReadGood(Dictionary<string, string> flags)
    {
        var options = ServeOptionsReader.Read(SettingSources.Gather(flags, Nothing, _ => ""), out var errors);
        Assert.Empty(errors);
        Assert.NotNull(options);
        return options;
    }

    private static IReadOnlyList<string> ReadBad(Dictionary<string, string> flags)
    {
        Assert.Null(ServeOptionsReader.Read(SettingSources.Gather(flags, Nothing, _ => ""), out var errors));
        return errors;
    }
}
