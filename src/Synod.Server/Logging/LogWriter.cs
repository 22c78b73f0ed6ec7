using System.Globalization;
using System.Threading.Channels;

namespace Synod.Server.Logging;

/// <summary>
/// Writes log lines from a thread of its own: a pump that logs must never wait for a terminal or a full pipe. What does
/// not fit into the bounded queue is dropped and counted, and the next line that fits says how many.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const int LinesMax = 8192;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(LinesMax) { SingleReader = true });

    private readonly TextWriter _output;
    private readonly Thread _thread;
    private long _dropped;

    /// <summary>Starts writing to <paramref name="output"/>.</summary>
    public LogWriter(TextWriter output)
    {
        _output = output;
        _thread = new Thread(Run) { Name = "log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Queues a line; never blocks.</summary>
    public void Post(string line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is queued, and ends; gives up on an output that takes nothing.</summary>
    public void Dispose()
    {
        if (_lines.Writer.TryComplete())
        {
            _thread.Join(DrainTimeout);
        }
    }

    private void Run()
    {
        var reader = _lines.Reader;
        try
        {
            while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (reader.TryRead(out var line))
                {
                    _output.WriteLine(line);
                }
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                {
                    _output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{dropped} log lines were dropped: they came faster than the output took them"));
                }
                _output.Flush();
            }
        }
        catch (IOException)
        {
            // Nobody reads the log any more (a closed pipe). The node goes on without it; there is nobody to tell.
            _lines.Writer.TryComplete();
        }
    }
}
