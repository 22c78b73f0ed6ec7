using System.Globalization;
using Microsoft.Extensions.Logging;
using Synod.Node;

namespace Synod.Server.Serving;

/// <summary>
/// Turns settings into <see cref="ServeOptions"/>, or into one line for each mistake: all of them at once, so that a user
/// corrects a configuration in one go.
/// </summary>
internal sealed partial class ServeOptionsReader
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
