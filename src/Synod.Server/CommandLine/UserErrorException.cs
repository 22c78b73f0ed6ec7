namespace Synod.Server.CommandLine;

/// <summary>Something the user can correct: printed as it stands, one line each, without a stack trace.</summary>
internal sealed class UserErrorException : Exception
{
    /// <summary>A mistake in how the program was called.</summary>
    public UserErrorException(IReadOnlyList<string> lines)
        : this(lines, SynodCommandLine.ExitCodeUsage)
    {
    }

    /// <summary>One line and the exit code that goes with it.</summary>
    public UserErrorException(string line, int exitCode)
        : this([line], exitCode)
    {
    }

    private UserErrorException(IReadOnlyList<string> lines, int exitCode)
        : base(string.Join('\n', lines))
    {
        Lines = lines;
        ExitCode = exitCode;
    }

    /// <summary>What to print.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; }
}
