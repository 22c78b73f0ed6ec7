namespace Synod.EndToEnd.Tests;

/// <summary>Where a node runs.</summary>
/// <param name="ClientHost">Where clients reach it.</param>
/// <param name="PeerHost">Where peers reach it.</param>
/// <param name="Launcher">What starts it there, before its own command line; it becomes the node's process.</param>
internal sealed record NodePlace(string ClientHost, string PeerHost, IReadOnlyList<string> Launcher)
{
    /// <summary>On this machine's loopback.</summary>
    public static NodePlace Here { get; } = new("127.0.0.1", "127.0.0.1", []);
}
