using System.CommandLine;

namespace Synod.Server.Commands;

/// <summary><c>synod dev</c>: a whole cluster on this machine.</summary>
internal static class DevCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Build() => new("dev", "Run a whole cluster on this machine, to try things out.");
}
