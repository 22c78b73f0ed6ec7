namespace Synod.Server.Development;

/// <summary>One node's log file, kept within bounds: a full one becomes <c>log.old</c>.</summary>
internal sealed class DevNodeLog : IDisposable
{
    private const long FileBytesMax = 64 * 1024 * 1024;
    private static readonly string[] Alarming = [" WARN ", " ERROR ", " FATAL "];

    private readonly Lock _gate = new();
    private readonly string _path;
    private StreamWriter _writer;

    /// <summary>Opens the log in a node's directory, after what is there.</summary>
    public DevNodeLog(string directory)
    {
        _path = Path.Combine(directory, "log");
        _writer = OpenWriter();
    }

    /// <summary>The last line that told of an error, for whoever asks why the node ended.</summary>
    public string? LastError { get; private set; }

    /// <summary>Appends a line.</summary>
    /// <returns>Whether it is one that the user should see at once: a warning or worse.</returns>
    public bool Append(string line)
    {
        lock (_gate)
        {
            if (_writer.BaseStream.Position > FileBytesMax)
            {
                _writer.Dispose();
                File.Move(_path, _path + ".old", overwrite: true);
                _writer = OpenWriter();
            }
            _writer.WriteLine(line);
            _writer.Flush();
            var error = line.IndexOf(Alarming[1], StringComparison.Ordinal);
            if (error >= 0 || line.StartsWith("synod: ", StringComparison.Ordinal))
            {
                // Without the time: what follows the level begins with the node's name.
                LastError = error >= 0 ? line[(error + Alarming[1].Length)..] : line;
            }
        }
        return Alarming.Any(level => line.Contains(level, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _writer.Dispose();
        }
    }

    private StreamWriter OpenWriter() => new(_path, append: true);
}
