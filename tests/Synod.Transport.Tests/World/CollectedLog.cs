using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Synod.Transport.Tests.World;

/// <summary>Keeps every line above debug.</summary>
internal sealed class CollectedLog(Action signal) : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IEnumerable<string> Lines => _lines;

    public int CountOf(string part) => _lines.Count(line => line.Contains(part, StringComparison.Ordinal));

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue(formatter(state, exception));
        signal();
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel > LogLevel.Debug;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
