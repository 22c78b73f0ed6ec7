using Microsoft.Extensions.Logging;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>What the door tells the operator.</summary>
internal static partial class DoorLog
{
    [LoggerMessage(1, LogLevel.Information, "Clients are served on {Address}.")]
    public static partial void Serving(ILogger logger, string address);

    [LoggerMessage(
        2, LogLevel.Error, "A call of {Path} failed in the door itself; the client was told so. Please report this.")]
    public static partial void CallFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "A watcher on stream {Stream} was cut: {Reason}.")]
    public static partial void WatcherCut(ILogger logger, long stream, string reason);

    [LoggerMessage(4, LogLevel.Information, "The door is closed.")]
    public static partial void Closed(ILogger logger);
}
