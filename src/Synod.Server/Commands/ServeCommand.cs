using System.Collections;
using System.CommandLine;
using System.CommandLine.Parsing;
using Synod.Server.CommandLine;
using Synod.Server.Running;
using Synod.Server.Serving;

namespace Synod.Server.Commands;

/// <summary><c>synod serve</c>: one node of a cluster.</summary>
internal static class ServeCommand
{
    /// <summary>What the command is called.</summary>
    public const string Name = "serve";

    private const string Examples = """
        Flags that mean what etcd's mean have etcd's names. Each can also be given as a variable
        (--data-dir as SYNOD_DATA_DIR) or in a JSON file; a flag wins over a variable, a variable over the file.
        All members of a new cluster must be up once, at the same time, before it takes the first request.

        Examples:
          One node by itself:
            synod serve --data-dir ./one

          Three nodes; this is the second:
            synod serve --name n2 --data-dir /var/lib/synod \
              --listen-client-urls http://10.0.0.2:2379 --listen-peer-urls http://10.0.0.2:2380 \
              --initial-cluster n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380,n3=http://10.0.0.3:2380

          The same from a file:
            synod serve --config-file n2.json
        """;

    /// <summary>Makes the command.</summary>
    public static Command Build()
    {
        var command = new Command(Name, "Run one node of a cluster.");
        var options = ServeSettings.All.Append(ServeSettings.ConfigFile)
            .ToDictionary(setting => setting.Name, MakeOption, StringComparer.Ordinal);
        foreach (var option in options.Values)
        {
            command.Add(option);
        }
        var watchesInput = new Option<bool>("--stop-with-stdin") { Hidden = true };
        command.Add(watchesInput);
        command.SetAction((parsed, _) => RunAsync(parsed, options, parsed.GetValue(watchesInput)));
        HelpWithExamples.AddTo(command, Examples);
        return command;
    }

    private static Option<string> MakeOption(ServeSetting setting) => new("--" + setting.Name)
    {
        Description = setting.Description,
        HelpName = setting.ValueName,
    };

    private static Task<int> RunAsync(
        ParseResult parsed, Dictionary<string, Option<string>> options, bool stopsWithStandardInput)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, option) in options)
        {
            if (parsed.GetResult(option) is OptionResult { Implicit: false } && parsed.GetValue(option) is { } text)
            {
                flags[name] = text;
            }
        }
        var sources = SettingSources.Gather(flags, EnvironmentVariables(), File.ReadAllText);
        var read = ServeOptionsReader.Read(sources, out var errors) ?? throw new UserErrorException(errors);
        return NodeProcess.RunAsync(
            read with { StopsWithStandardInput = stopsWithStandardInput }, sources.UnknownVariables);
    }

    private static Dictionary<string, string> EnvironmentVariables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }
        return variables;
    }
}
