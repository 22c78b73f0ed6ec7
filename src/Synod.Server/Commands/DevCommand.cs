using System.CommandLine;
using Synod.Server.CommandLine;
using Synod.Server.Development;

namespace Synod.Server.Commands;

/// <summary><c>synod dev</c>: a whole cluster on this machine.</summary>
internal static class DevCommand
{
    /// <summary>What the command is called.</summary>
    public const string Name = "dev";

    private const string Examples = """
        The nodes n1 to n5 listen for clients on 127.0.0.1:2379, 22379, 32379, 42379, 52379 and for each other one port
        higher. Each is a process of its own with its log in DIR/nX/log; one that dies is started again after a second.

        Examples:
          synod dev                     three nodes with data in ./.synod
          synod dev --nodes 5 --fresh   five nodes, with what was in ./.synod thrown away
          synod dev --no-restart        a node that dies stays dead
        """;

    /// <summary>Makes the command.</summary>
    public static Command Build()
    {
        var nodes = new Option<int>("--nodes")
        {
            Description = "How many nodes: 1, 3 or 5.",
            HelpName = "N",
            DefaultValueFactory = _ => 3,
        };
        nodes.AcceptOnlyFromAmong("1", "3", "5");
        var fresh = new Option<bool>("--fresh") { Description = "Throw away the data of an earlier start." };
        var directory = new Option<string>("--data-dir")
        {
            Description = "Where the nodes keep their data.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "./.synod",
        };
        var noRestart = new Option<bool>("--no-restart") { Description = "Do not start a node again that died." };
        // For tests, which must not count on etcd's ports being free.
        var firstPort = new Option<int>("--first-client-port")
        {
            Hidden = true,
            DefaultValueFactory = _ => DevOptions.FirstClientPortDefault,
        };
        var command = new Command(Name, "Run a whole cluster on this machine, to try things out.")
        {
            nodes, fresh, directory, noRestart, firstPort,
        };
        command.SetAction((parsed, _) => DevSupervisor.RunAsync(
            new DevOptions(
                parsed.GetValue(nodes), parsed.GetValue(fresh), parsed.GetValue(directory)!, !parsed.GetValue(noRestart))
            {
                FirstClientPort = parsed.GetValue(firstPort),
            },
            parsed.InvocationConfiguration.Output));
        HelpWithExamples.AddTo(command, Examples);
        return command;
    }
}
