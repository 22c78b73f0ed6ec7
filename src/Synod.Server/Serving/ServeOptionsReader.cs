using System.Globalization;
using Microsoft.Extensions.Logging;
using Synod.Node;
using Synod.Paxos;

namespace Synod.Server.Serving;

/// <summary>
/// Turns settings into <see cref="ServeOptions"/>, or into one line for each mistake: all of them at once, so that a user
/// corrects a configuration in one go.
/// </summary>
internal sealed class ServeOptionsReader
{
    private const int HeartbeatMillisecondsMax = 10_000;

    /// <summary>etcd's own bound; past it a cluster would stand still for longer than any operator waits.</summary>
    private const int ElectionMillisecondsMax = 50_000;

    private const int NameCharactersMax = 128;

    private static readonly NodeUrl DefaultClientUrl = new("localhost", 2379);
    private static readonly NodeUrl DefaultPeerUrl = new("localhost", 2380);

    private readonly SettingSources _sources;
    private readonly List<string> _errors;

    private ServeOptionsReader(SettingSources sources)
    {
        _sources = sources;
        _errors = [.. sources.Errors];
    }

    /// <summary>Reads and validates.</summary>
    /// <param name="sources">The settings.</param>
    /// <param name="errors">One line for each mistake; empty when the options are good.</param>
    /// <returns>The options, or null if there is any mistake.</returns>
    public static ServeOptions? Read(SettingSources sources, out IReadOnlyList<string> errors)
    {
        var reader = new ServeOptionsReader(sources);
        var options = reader.Read();
        errors = reader._errors;
        return errors.Count == 0 ? options : null;
    }

    private ServeOptions Read()
    {
        var name = ReadName();
        var listenClients = ReadListenUrls(ServeSettings.ListenClientUrls) ?? [DefaultClientUrl];
        var listenPeer = ReadSingle(ReadListenUrls(ServeSettings.ListenPeerUrls), ServeSettings.ListenPeerUrls)
            ?? DefaultPeerUrl;
        var cluster = ReadInitialCluster();
        var advertisePeer = ReadAdvertisePeer(name, listenPeer, cluster);
        var heartbeat = ReadMilliseconds(ServeSettings.HeartbeatInterval, 100, HeartbeatMillisecondsMax);
        var election = ReadMilliseconds(ServeSettings.ElectionTimeout, 1000, ElectionMillisecondsMax);
        if (election < 5 * heartbeat)
        {
            Refuse(ServeSettings.ElectionTimeout,
                $"{election} ms is too short: it must be at least 5 times the heartbeat-interval of {heartbeat} ms");
        }
        return new ServeOptions
        {
            Name = name,
            DataDirectory = ReadDataDirectory(name),
            ListenClientUrls = listenClients,
            AdvertiseClientUrls = ReadAdvertiseClients(listenClients),
            ListenPeerUrl = listenPeer,
            AdvertisePeerUrl = advertisePeer,
            InitialCluster = cluster ?? [new InitialMember(name, advertisePeer)],
            InitialClusterToken = _sources.Find(ServeSettings.InitialClusterToken)?.Text ?? "synod-cluster",
            ExpectsExistingCluster = ReadInitialClusterState() == "existing",
            HeartbeatInterval = TimeSpan.FromMilliseconds(heartbeat),
            ElectionTimeout = TimeSpan.FromMilliseconds(election),
            Compaction = ReadCompaction(),
            SnapshotCount = ReadSnapshotCount(),
            OriginsAllowed = ReadOrigins(),
            LogLevel = ReadLogLevel(),
            LogFormat = ReadLogFormat(),
        };
    }

    private string ReadName()
    {
        var name = _sources.Find(ServeSettings.Name)?.Text ?? "default";
        if (NameProblem(name) is { } problem)
        {
            Refuse(ServeSettings.Name, problem);
        }
        return name;
    }

    private static string? NameProblem(string name) => name.Length switch
    {
        0 => "the name is empty",
        > NameCharactersMax => $"the name has more than {NameCharactersMax} characters",
        _ => name.Any(c => char.IsControl(c) || c is ',' or '=' or '/')
            ? $"\"{name}\" has a comma, an equals sign, a slash or a control character"
            : null,
    };

    private string ReadDataDirectory(string name)
    {
        if (_sources.Find(ServeSettings.DataDirectory) is not { } value)
        {
            return name + ".synod";
        }
        if (value.Text.Length == 0)
        {
            Refuse(ServeSettings.DataDirectory, "the directory's name is empty");
        }
        return value.Text;
    }

    private List<NodeUrl>? ReadUrls(string setting)
    {
        if (_sources.Find(setting) is not { } value)
        {
            return null;
        }
        List<NodeUrl> urls = [];
        foreach (var text in value.Text.Split(','))
        {
            if (!NodeUrl.TryParse(text.Trim(), out var url, out var problem))
            {
                Refuse(setting, problem);
            }
            else if (urls.Contains(url))
            {
                Refuse(setting, $"{url} stands there twice");
            }
            else
            {
                urls.Add(url);
            }
        }
        return urls.Count == 0 ? null : urls;
    }

    private List<NodeUrl>? ReadListenUrls(string setting)
    {
        var urls = ReadUrls(setting);
        foreach (var url in urls ?? [])
        {
            if (!url.IsBindable)
            {
                Refuse(setting, $"{url}: to listen, an IP address or localhost is needed, not a host name");
            }
        }
        return urls;
    }

    private NodeUrl? ReadSingle(List<NodeUrl>? urls, string setting)
    {
        if (urls is { Count: > 1 })
        {
            Refuse(setting, "a node has one peer address, not " + urls.Count.ToString(CultureInfo.InvariantCulture));
        }
        return urls?[0];
    }

    private List<NodeUrl> ReadAdvertiseClients(List<NodeUrl> listenUrls)
    {
        var urls = ReadUrls(ServeSettings.AdvertiseClientUrls);
        if (urls?.Find(url => url.IsWildcard) is { } wildcard)
        {
            Refuse(ServeSettings.AdvertiseClientUrls, $"{wildcard}: clients cannot reach a wildcard address");
        }
        else if (urls is null && listenUrls.Exists(url => url.IsWildcard))
        {
            _errors.Add("--advertise-client-urls is needed when --listen-client-urls has a wildcard address");
        }
        return urls ?? listenUrls;
    }

    private List<InitialMember>? ReadInitialCluster()
    {
        if (_sources.Find(ServeSettings.InitialCluster) is not { } value)
        {
            return null;
        }
        List<InitialMember> members = [];
        foreach (var entry in value.Text.Split(','))
        {
            if (ReadMember(entry.Trim(), members) is { } member)
            {
                members.Add(member);
            }
        }
        if (members.Count > MemberSet.MembersMax)
        {
            Refuse(ServeSettings.InitialCluster, $"more than {MemberSet.MembersMax} members");
        }
        members.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return members;
    }

    private InitialMember? ReadMember(string entry, List<InitialMember> before)
    {
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            Refuse(ServeSettings.InitialCluster, $"\"{entry}\" is not NAME=URL");
            return null;
        }
        var name = entry[..equals];
        if (NameProblem(name) is { } nameProblem)
        {
            Refuse(ServeSettings.InitialCluster, nameProblem);
            return null;
        }
        if (!NodeUrl.TryParse(entry[(equals + 1)..], out var url, out var problem))
        {
            Refuse(ServeSettings.InitialCluster, problem);
            return null;
        }
        if (before.Exists(member => member.Name == name))
        {
            Refuse(ServeSettings.InitialCluster, $"the name {name} stands there twice; a node has one peer address");
            return null;
        }
        if (before.Find(member => member.PeerUrl == url) is { } other)
        {
            Refuse(ServeSettings.InitialCluster, $"{other.Name} and {name} have the same peer URL {url}");
            return null;
        }
        if (url.IsWildcard)
        {
            Refuse(ServeSettings.InitialCluster, $"{url}: other nodes cannot reach a wildcard address");
            return null;
        }
        return new InitialMember(name, url);
    }

    private NodeUrl ReadAdvertisePeer(string name, NodeUrl listenPeer, List<InitialMember>? cluster)
    {
        var given = ReadSingle(
            ReadUrls(ServeSettings.InitialAdvertisePeerUrls), ServeSettings.InitialAdvertisePeerUrls);
        var own = cluster?.Find(member => member.Name == name)?.PeerUrl;
        // An entry that could not be read has its own line already: no second one for the same mistake.
        if (cluster is { Count: > 0 } && own is null && _errors.Count == 0)
        {
            Refuse(ServeSettings.InitialCluster,
                $"this node's name {name} is not among {string.Join(", ", cluster.Select(member => member.Name))}; set --name");
        }
        else if (given is not null && own is not null && given != own)
        {
            Refuse(ServeSettings.InitialCluster,
                $"{name} has the peer URL {own}, but --initial-advertise-peer-urls says {given}");
        }
        var peer = given ?? own ?? listenPeer;
        if (peer.IsWildcard)
        {
            _errors.Add(given is null
                ? "--initial-advertise-peer-urls is needed when --listen-peer-urls has a wildcard address"
                : $"--initial-advertise-peer-urls: {given}: other nodes cannot reach a wildcard address");
        }
        return peer;
    }

    private string ReadInitialClusterState()
    {
        var state = _sources.Find(ServeSettings.InitialClusterState)?.Text ?? "new";
        if (state is not ("new" or "existing"))
        {
            Refuse(ServeSettings.InitialClusterState, $"\"{state}\" is neither new nor existing");
        }
        return state;
    }

    private int ReadMilliseconds(string setting, int standard, int most)
    {
        if (_sources.Find(setting) is not { } value)
        {
            return standard;
        }
        if (int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= most)
        {
            return number;
        }
        Refuse(setting, $"\"{value.Text}\" is not a whole number of milliseconds from 1 to {most}");
        return standard;
    }

    private CompactionOptions ReadCompaction()
    {
        CompactionSetting.Read(
            _sources.Find(ServeSettings.AutoCompactionMode)?.Text, _sources.Find(ServeSettings.AutoCompactionRetention)?.Text,
            out var options, out var modeProblem, out var retentionProblem);
        if (modeProblem is not null)
        {
            Refuse(ServeSettings.AutoCompactionMode, modeProblem);
        }
        if (retentionProblem is not null)
        {
            Refuse(ServeSettings.AutoCompactionRetention, retentionProblem);
        }
        return options;
    }

    private IReadOnlyList<string> ReadOrigins()
    {
        var origins = OriginSetting.Read(_sources.Find(ServeSettings.Cors)?.Text, out var problem);
        if (problem is not null)
        {
            Refuse(ServeSettings.Cors, problem);
        }
        return origins;
    }

    private ulong? ReadSnapshotCount()
    {
        if (_sources.Find(ServeSettings.SnapshotCount) is not { } value)
        {
            return null;
        }
        if (ulong.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= SnapshotCountLeast and <= SnapshotCountMost)
        {
            return count;
        }
        Refuse(ServeSettings.SnapshotCount,
            $"\"{value.Text}\" is not a whole number of writes from {SnapshotCountLeast} to {SnapshotCountMost}");
        return null;
    }

    private const ulong SnapshotCountLeast = 100;
    private const ulong SnapshotCountMost = 1_000_000_000;

    private LogLevel ReadLogLevel()
    {
        var text = _sources.Find(ServeSettings.Level)?.Text ?? "info";
        switch (text)
        {
            case "debug":
                return LogLevel.Debug;
            case "info":
                return LogLevel.Information;
            case "warn":
                return LogLevel.Warning;
            case "error":
                return LogLevel.Error;
            default:
                Refuse(ServeSettings.Level, $"\"{text}\" is none of debug, info, warn, error");
                return LogLevel.Information;
        }
    }

    private LogFormat ReadLogFormat()
    {
        var text = _sources.Find(ServeSettings.Format)?.Text ?? "text";
        if (text is not ("text" or "json"))
        {
            Refuse(ServeSettings.Format, $"\"{text}\" is neither text nor json");
        }
        return text == "json" ? LogFormat.Json : LogFormat.Text;
    }

    private void Refuse(string setting, string problem) =>
        _errors.Add($"{_sources.Find(setting)?.Origin ?? "--" + setting}: {problem}");
}
