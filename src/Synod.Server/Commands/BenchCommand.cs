using System.CommandLine;
using System.Globalization;
using Synod.Client.Commands;
using Synod.Client.Etcd;
using Synod.Client.Load;

namespace Synod.Server.Commands;

/// <summary>`synod bench`: the command-line binding of <see cref="LoadGenerator"/>.</summary>
internal static class BenchCommand
{
    private static readonly Dictionary<string, LoadMode> Modes = new()
    {
        ["put"] = LoadMode.Put,
        ["get"] = LoadMode.Get,
        ["mixed"] = LoadMode.Mixed,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command(
            "bench",
            "Measure any etcd v3 endpoints with a closed loop of requests: every client sends its next request when its last is\n" +
            "answered. One thread and own HTTP/2 frames, so that the servers are measured and not the generator.\n\n" +
            "  synod bench put --clients 64 --seconds 10 --endpoints 127.0.0.1:2379,127.0.0.1:22379,127.0.0.1:32379\n" +
            "  synod bench get --fill --clients 256 --warmup 200000\n" +
            "  synod bench put --clients 64 --connections 64 --leader --json\n\n" +
            "Ends with 1 if any request failed. Use it on a machine with nothing else to do, warm up (--warmup 200000), and\n" +
            "compare only runs of the same shape: how requests spread over connections changes the cost of each.");
        options.AddTo(command);
        command.SetAction((parsed, cancellation) =>
            Task.Run(() => RunAsync(options, parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(Options options, ParseResult parsed, CancellationToken cancellation)
    {
        LoadPlan plan = options.ToPlan(parsed);
        if (plan.Problem() is { } problem)
        {
            await Console.Error.WriteLineAsync("synod: " + problem).ConfigureAwait(false);
            return ExitCode.Usage;
        }
        if (parsed.GetValue(options.Leader))
        {
            Uri? leader = await FindLeaderAsync(plan.Endpoints, cancellation).ConfigureAwait(false);
            if (leader is null)
            {
                return ExitCode.Failed;
            }
            plan = plan with { Endpoints = [leader] };
        }
        if (parsed.GetValue(options.Fill))
        {
            LoadPlan filling = plan with
            {
                Mode = LoadMode.Put,
                Sequential = true,
                Requests = plan.Keys,
                Warmup = 0,
                ServerProcesses = [],
            };
            LoadReport filled = LoadGenerator.Run(filling, cancellation);
            if (filled.Failure is not null || filled.Failures > 0)
            {
                await Console.Error.WriteLineAsync("synod: the store could not be filled").ConfigureAwait(false);
                return await PrintAsync(filled, json: false).ConfigureAwait(false);
            }
        }
        LoadReport report = LoadGenerator.Run(plan, cancellation);
        return await PrintAsync(report, parsed.GetValue(options.Json)).ConfigureAwait(false);
    }

    private static async Task<Uri?> FindLeaderAsync(IReadOnlyList<Uri> endpoints, CancellationToken cancellation)
    {
        using var client = new EtcdClient(endpoints, TimeSpan.FromSeconds(5));
        string failure = "none of the endpoints says that it leads";
        try
        {
            if (await client.FindLeaderAsync(cancellation).ConfigureAwait(false) is { } leader)
            {
                return leader;
            }
        }
        catch (EtcdException exception)
        {
            failure = exception.Message;
        }
        await Console.Error.WriteLineAsync("synod: " + failure).ConfigureAwait(false);
        return null;
    }

    private static async Task<int> PrintAsync(LoadReport report, bool json)
    {
        bool anything = report.Requests > 0 || report.Failures > 0;
        if (json || anything)
        {
            await Console.Out.WriteAsync(json ? report.ToJson() + Environment.NewLine : report.ToText())
                .ConfigureAwait(false);
        }
        if (report.Failure is not null)
        {
            await Console.Error.WriteLineAsync("synod: " + report.Failure).ConfigureAwait(false);
        }
        else if (report.Failures > 0)
        {
            await Console.Error.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"synod: {report.Failures} requests failed"))
                    .ConfigureAwait(false);
        }
        return report.Failure is null && report.Failures == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private sealed class Options
    {
        private readonly LoadPlan _defaults = new() { Endpoints = [] };
        private readonly Argument<string> _mode = new("mode")
        {
            Description = "put, get (linearizable, or --serializable), or mixed.",
            DefaultValueFactory = _ => "put",
        };

        private readonly Option<IReadOnlyList<Uri>> _endpoints = ClientCommands.EndpointsOption();
        private readonly Option<bool> _serializable =
            new("--serializable") { Description = "Gets that the asked node answers alone." };
        private readonly Option<int> _clients;
        private readonly Option<int> _connections;
        private readonly Option<int> _keys;
        private readonly Option<int> _keyBytes;
        private readonly Option<int> _valueBytes;
        private readonly Option<int> _putPercent;
        private readonly Option<long> _requests;
        private readonly Option<long> _warmup;
        private readonly Option<double> _seconds;
        private readonly Option<ulong> _seed;
        private readonly Option<string> _serverProcesses = new("--server-pids")
        {
            Description = "Processes (with commas between) whose processor time is reported per request (Linux).",
        };

        public Options()
        {
            _mode.AcceptOnlyFromAmong([.. Modes.Keys]);
            _clients = Defaulted("--clients", "Requests in flight at any time.", _defaults.Clients);
            _connections = Defaulted(
                "--connections", $"Connections; 0: one for every {LoadPlan.ClientsPerConnection} clients.",
                    _defaults.Connections);
            _keys = Defaulted("--keys", "Different keys, drawn at random.", _defaults.Keys);
            _keyBytes = Defaulted("--key-bytes", "Length of a key.", _defaults.KeyBytes);
            _valueBytes = Defaulted("--value-bytes", "Length of a value.", _defaults.ValueBytes);
            _putPercent = Defaulted("--put-percent", "Puts in a hundred requests, for mixed.", _defaults.PutPercent);
            _requests = Defaulted("--requests", "Measure so many requests; 0: by time.", _defaults.Requests);
            _seconds = Defaulted("--seconds", "Measure for so long.", _defaults.Duration.TotalSeconds);
            _warmup = Defaulted("--warmup", "Requests before the measurement.", _defaults.Warmup);
            _seed = Defaulted("--seed", "Seed of keys and values.", _defaults.Seed);
        }

        public Option<bool> Leader { get; } =
            new("--leader") { Description = "Ask the endpoints who leads and send everything there." };

        public Option<bool> Fill { get; } =
            new("--fill") { Description = "First put every key once, so that gets find them." };

        public Option<bool> Json { get; } = new("--json") { Description = "Print the result as one line of JSON." };

        public void AddTo(Command command)
        {
            command.Add(_mode);
            foreach (Option option in new Option[]
            {
                _endpoints, Leader, _clients, _connections, _requests, _seconds, _warmup, Fill, _serializable,
                    _putPercent, _keys,
                _keyBytes, _valueBytes, _seed, _serverProcesses, Json,
            })
            {
                command.Add(option);
            }
            _serverProcesses.Validators.Add(result =>
            {
                if (!result.Tokens.All(token =>
                    token.Value.Split(',').All(text => int.TryParse(text, CultureInfo.InvariantCulture, out int _))))
                {
                    result.AddError("--server-pids: write process numbers with commas between");
                }
            });
            ClientCommands.Bound(_seconds, value => value is > 0 and <= 86_400, "must be above 0 and at most 86400");
        }

        public LoadPlan ToPlan(ParseResult parsed)
        {
            LoadMode mode = Modes[parsed.GetRequiredValue(_mode)];
            string processes = parsed.GetValue(_serverProcesses) ?? "";
            return _defaults with
            {
                Endpoints = parsed.GetRequiredValue(_endpoints),
                Mode = mode == LoadMode.Get && parsed.GetValue(_serializable) ? LoadMode.GetSerializable : mode,
                Clients = parsed.GetValue(_clients),
                Connections = parsed.GetValue(_connections),
                Keys = parsed.GetValue(_keys),
                KeyBytes = parsed.GetValue(_keyBytes),
                ValueBytes = parsed.GetValue(_valueBytes),
                PutPercent = parsed.GetValue(_putPercent),
                Requests = parsed.GetValue(_requests),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
                Warmup = parsed.GetValue(_warmup),
                Seed = parsed.GetValue(_seed),
                ServerProcesses =
                    [.. processes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text =>
                        int.Parse(text, CultureInfo.InvariantCulture))],
            };
        }

        private static Option<T> Defaulted<T>(string name, string description, T value) =>
            new(name) { Description = description, DefaultValueFactory = _ => value };
    }
}
