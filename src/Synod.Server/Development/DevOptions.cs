using System.Globalization;
using Synod.Server.Serving;

namespace Synod.Server.Development;

/// <summary>What <c>synod dev</c> was asked for.</summary>
/// <param name="Nodes">How many nodes.</param>
/// <param name="Fresh">Throw away the data of an earlier start.</param>
/// <param name="DataDirectory">Where the nodes' directories are.</param>
/// <param name="Restarts">Whether a node that dies is started again.</param>
internal sealed record DevOptions(int Nodes, bool Fresh, string DataDirectory, bool Restarts)
{
    /// <summary>The most nodes that one machine is asked to run.</summary>
    public const int NodesMax = 5;

    /// <summary>etcd's client port.</summary>
    public const int FirstClientPortDefault = 2379;

    private const string Host = "127.0.0.1";
    private const int PortStep = 10_000;

    /// <summary>The first node's client port.</summary>
    public int FirstClientPort { get; init; } = FirstClientPortDefault;

    /// <summary>The nodes' names and addresses; those that etcd's own examples use.</summary>
    public IReadOnlyList<DevNodePlan> Plans => [.. Enumerable.Range(1, Nodes).Select(Plan)];

    /// <summary>The directory of a node, made or not.</summary>
    public string DirectoryOf(string node) => Path.Combine(DataDirectory, node);

    /// <summary>The name of a node by its number.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"n{number}");

    // 2379, 22379, 32379, ...
    private DevNodePlan Plan(int number)
    {
        var port = number == 1 ? FirstClientPort : FirstClientPort + number * PortStep;
        return new DevNodePlan(NameOf(number), new NodeUrl(Host, port), new NodeUrl(Host, port + 1));
    }
}

/// <summary>One node of the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ClientUrl">Where clients reach it.</param>
/// <param name="PeerUrl">Where the other nodes reach it.</param>
internal sealed record DevNodePlan(string Name, NodeUrl ClientUrl, NodeUrl PeerUrl);
