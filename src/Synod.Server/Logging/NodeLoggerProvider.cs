using Microsoft.Extensions.Logging;
using Synod.Server.Serving;

namespace Synod.Server.Logging;

/// <summary>Loggers whose lines go through one <see cref="LogWriter"/> and carry the node's name.</summary>
internal sealed class NodeLoggerProvider(
    string node, LogFormat format, LogLevel least, TimeProvider clock, LogWriter writer) : ILoggerProvider
{
    /// <summary>The framework under the doors speaks of every connection at Information: only its warnings count.</summary>
    private const string FrameworkPrefix = "Microsoft.";

    /// <summary>A factory with this provider alone, writing to standard error.</summary>
    public static ILoggerFactory CreateFactory(ServeOptions options, LogWriter writer) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Trace);
#pragma warning disable CA2000 // The factory disposes the provider.
            builder.AddProvider(new NodeLoggerProvider(
                options.Name, options.LogFormat, options.LogLevel, TimeProvider.System, writer));
#pragma warning restore CA2000
        });

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new NodeLogger(
        this, categoryName.StartsWith(FrameworkPrefix, StringComparison.Ordinal) && least > LogLevel.Debug
            ? LogLevel.Warning : least);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class NodeLogger(NodeLoggerProvider provider, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(
                    logLevel, formatter(state, exception), state as IEnumerable<KeyValuePair<string, object?>>, exception);
            }
        }
    }

    private void Write(
        LogLevel level, string message, IEnumerable<KeyValuePair<string, object?>>? state, Exception? exception) =>
        writer.Post(LogLine.Write(format, clock.GetUtcNow(), level, node, message, state, exception));
}
