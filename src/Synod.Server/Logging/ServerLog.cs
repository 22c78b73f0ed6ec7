using Microsoft.Extensions.Logging;

namespace Synod.Server.Logging;

/// <summary>What the executable itself tells an operator: what happened, and what to do where something is to be done.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Variable} is not a setting of synod and was ignored; see synod serve --help")]
    public static partial void UnknownVariable(this ILogger log, string variable);

    [LoggerMessage(Level = LogLevel.Error, Message = "cannot start: {Reason}")]
    public static partial void StartRefused(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "cannot start, for a reason that has no name yet; please report it: {Reason}")]
    public static partial void StartFailed(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping reason=\"{Reason}\"")]
    public static partial void Stopping(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "the node ends after a fault and must be started again: {Reason}")]
    public static partial void Ending(this ILogger log, string reason);
}
