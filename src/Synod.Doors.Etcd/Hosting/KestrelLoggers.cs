using Microsoft.Extensions.Logging;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// Kestrel's warnings and errors, without the one that would mislead here: that HTTP/2 does not work without TLS. With
/// <see cref="PrefaceDetection"/> it does. What Kestrel has to say below that is of no use to an operator.
/// </summary>
internal sealed class KestrelLoggers(ILoggerFactory inner) : ILoggerFactory
{
    private const string MisleadingEvent = "Http2DisabledWithHttp1AndNoTls";

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Filtered(inner.CreateLogger(categoryName));

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The factory within belongs to who opened the door.
    }

    private sealed class Filtered(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning && eventId.Name != MisleadingEvent)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
