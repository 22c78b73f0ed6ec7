using System.CommandLine;
using System.Globalization;
using Synod.Client.Commands;
using Synod.Server.Archives;
using Synod.Server.CommandLine;
using Synod.Server.Serving;
using Synod.Storage.Disks;

namespace Synod.Server.Commands;

/// <summary><c>synod snapshot save|status|restore</c>: backups, and clusters out of them.</summary>
internal static class SnapshotCommand
{
    private const long SkippedRevisionsStandard = 1_000_000_000;
    private const string Examples = """
        Examples:
          synod snapshot save backup.synod --endpoints http://10.0.0.1:2379
          synod snapshot status backup.synod

          A new cluster out of it: on every member the same file and the same flags but --name and --data-dir; then
          synod serve with the same --initial-cluster and --initial-cluster-token:
            synod snapshot restore backup.synod --name n1 --data-dir /var/lib/synod \
              --initial-cluster n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380,n3=http://10.0.0.3:2380
        """;

    /// <summary>Makes the command.</summary>
    public static Command Build()
    {
        var command = new Command("snapshot", "Save the state of a node into a file, look at it, or begin a cluster with it.")
        {
            Save(), Status(), Restore(),
        };
        HelpWithExamples.AddTo(command, Examples);
        return command;
    }

    private static Argument<string> FileArgument() => new("file") { Description = "The file." };

    private static Command Save()
    {
        var file = FileArgument();
        var endpoints = ClientCommands.EndpointsOption("Client addresses, with commas between; the first is asked.");
        var force = new Option<bool>("--force") { Description = "Replace the file if it is there already." };
        var command = new Command("save", "Save the state of the first endpoint's node, at one revision.")
        {
            file, endpoints, force,
        };
        command.SetAction((parsed, cancellation) => SnapshotSaving.RunAsync(
            parsed.GetRequiredValue(endpoints), TimeSpan.FromSeconds(5), parsed.GetRequiredValue(file),
            parsed.GetValue(force), DirectorySync.Run, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation));
        return command;
    }

    private static Command Status()
    {
        var file = FileArgument();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("status", "Verify a saved snapshot; print hash, revision, keys and size.") { file, json };
        command.SetAction(parsed =>
        {
            var (archive, length, hash) = ArchiveFile.Read(parsed.GetRequiredValue(file));
            var summary = archive.Summarize();
            var sum = Convert.ToHexStringLower(hash.AsSpan(0, 4));
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json)
                ? string.Create(CultureInfo.InvariantCulture,
                    $$"""{"hash":"{{sum}}","revision":{{summary.Revision}},"totalKey":{{summary.Keys}},"totalSize":{{length}}}""")
                : string.Create(CultureInfo.InvariantCulture, $"{sum}, {summary.Revision}, {summary.Keys}, {length}"));
            return SynodCommandLine.ExitCodeDone;
        });
        return command;
    }

    private static Command Restore()
    {
        var file = FileArgument();
        string[] names =
        [
            ServeSettings.Name, ServeSettings.DataDirectory, ServeSettings.InitialCluster, ServeSettings.InitialClusterToken,
        ];
        var options = ServeSettings.All.Where(setting => names.Contains(setting.Name)).ToDictionary(
            setting => setting.Name,
            setting => new Option<string>("--" + setting.Name) { Description = setting.Description, HelpName = setting.ValueName });
        var skip = new Option<long>("--bump-revision")
        {
            Description = "How far above the saved revision the new cluster begins: more than could have been written"
                + " after the snapshot, so that no client sees revisions go backwards.",
            DefaultValueFactory = _ => SkippedRevisionsStandard,
        };
        ClientCommands.Bound(skip, value => value is >= 0 and <= long.MaxValue / 4, "must not be negative, nor beyond all use");
        var command = new Command("restore", "Make the data directory of one member of a new cluster.") { file, skip };
        foreach (var option in options.Values)
        {
            command.Add(option);
        }
        command.SetAction(parsed =>
        {
            var flags = options.Where(pair => parsed.GetValue(pair.Value) is not null)
                .ToDictionary(pair => pair.Key, pair => parsed.GetValue(pair.Value)!, StringComparer.Ordinal);
            var sources = SettingSources.Gather(flags, new Dictionary<string, string>(StringComparer.Ordinal), File.ReadAllText);
            var serve = ServeOptionsReader.Read(sources, out var errors) ?? throw new UserErrorException(errors);
            var (archive, _, _) = ArchiveFile.Read(parsed.GetRequiredValue(file));
            var revision = archive.Summarize().Revision + parsed.GetValue(skip);
            var slot = ArchiveRestore.Run(archive, serve, parsed.GetValue(skip));
            parsed.InvocationConfiguration.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{serve.DataDirectory} is member {serve.Name} of a new cluster, at revision {revision} and slot {slot}. ")
                + "Restore all members from the same file.");
            return SynodCommandLine.ExitCodeDone;
        });
        return command;
    }
}
