using System.CommandLine;
using System.CommandLine.Parsing;
using Synod.Server.Commands;

namespace Synod.Server.CommandLine;

/// <summary>The command line: which commands there are, and how a run ends.</summary>
internal static class SynodCommandLine
{
    /// <summary>All went well.</summary>
    public const int ExitCodeDone = 0;

    /// <summary>The call was right, the run failed.</summary>
    public const int ExitCodeFailure = 1;

    /// <summary>The call was wrong.</summary>
    public const int ExitCodeUsage = 2;

    private static readonly TimeSpan ClientEndTimeout = TimeSpan.FromSeconds(2);

    private const string Examples = """
        Examples:
          synod dev                           three nodes on this machine, to try things out
          synod dev --nodes 1 --fresh         one node, with the old data thrown away
          synod put greeting hello            write through the first node of synod dev
          synod get greeting                  and read it back
          synod learn                         how consensus comes about, as a diagram

        A cluster on three machines; on the first:
          synod serve --name n1 --data-dir /var/lib/synod \
            --listen-client-urls http://10.0.0.1:2379 --listen-peer-urls http://10.0.0.1:2380 \
            --initial-cluster n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380,n3=http://10.0.0.3:2380

        Any etcd v3 client works as it is:
          ETCDCTL_API=3 etcdctl --endpoints http://127.0.0.1:2379 put greeting hello
        """;

    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args) => RunAsync(args, Console.Out, Console.Error);

    /// <summary>Parses and runs, writing to the given places.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        // No response files: a key or a value may well begin with "@".
        var parsed = BuildRoot().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var asksForHelp = parsed.Action is not null && parsed.Action.ClearsParseErrors;
        if (parsed.Errors.Count > 0 && !asksForHelp)
        {
            await error.WriteLineAsync($"synod: {Readable(parsed.Errors[0].Message)}").ConfigureAwait(false);
            await error.WriteLineAsync($"See: {PathOf(parsed)} --help").ConfigureAwait(false);
            return ExitCodeUsage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // The library cancels a command at SIGTERM or Ctrl-C and ends the process two seconds later: fit for a
                // client, too soon for nodes, which handle signals themselves, and too late for who waits for a key.
                ProcessTerminationTimeout =
                    parsed.CommandResult.Command.Name is ServeCommand.Name or DevCommand.Name or LearnCommand.Name
                        ? null
                        : ClientEndTimeout,
                Output = output,
                Error = error,
            }).ConfigureAwait(false);
        }
        catch (UserErrorException e)
        {
            foreach (var line in e.Lines)
            {
                await error.WriteLineAsync($"synod: {line}").ConfigureAwait(false);
            }
            return e.ExitCode;
        }
    }

    private static RootCommand BuildRoot()
    {
        var root = new RootCommand("Synod: a replicated, ordered key-value store that etcd clients speak to.");
        root.Add(ServeCommand.Build());
        root.Add(DevCommand.Build());
        root.Add(SnapshotCommand.Build());
        root.Add(LearnCommand.Build());
        foreach (var client in new[]
        {
            ClientCommands.Put(), ClientCommands.Get(), ClientCommands.Delete(), ClientCommands.Watch(),
            ClientCommands.Status(), BenchCommand.Create(),
        })
        {
            HelpWithExamples.MoveFromDescription(client);
            root.Add(client);
        }
        root.SetAction(parsed =>
        {
            // A bare "synod" teaches, and is a mistake all the same for whoever calls it from a script.
            root.Parse("--help").Invoke(new InvocationConfiguration { Output = parsed.InvocationConfiguration.Error });
            return ExitCodeUsage;
        });
        HelpWithExamples.AddTo(root, Examples);
        return root;
    }

    // The library names .NET's types, which say nothing to most of those who read the line.
    private static string Readable(string message) =>
        OneLine(message)
            .Replace("as expected type 'System.Double'", "as a number", StringComparison.Ordinal)
            .Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal)
            .Replace("as expected type 'System.Int64'", "as a whole number", StringComparison.Ordinal)
            .Replace(
                "as expected type 'System.Nullable`1[System.UInt64]'", "as a whole number from 0 up",
                StringComparison.Ordinal);

    private static string OneLine(string message) =>
        string.Join(' ', message.Split(['\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static string PathOf(ParseResult parsed) =>
        string.Join(' ', Names(parsed.CommandResult).Append("synod").Reverse());

    private static IEnumerable<string> Names(CommandResult? result)
    {
        for (; result is { Command: not RootCommand }; result = result.Parent as CommandResult)
        {
            yield return result.Command.Name;
        }
    }
}
