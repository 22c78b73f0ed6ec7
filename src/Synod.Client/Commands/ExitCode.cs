namespace Synod.Client.Commands;

/// <summary>How the client commands end.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Failed; nothing was changed.</summary>
    public const int Failed = 1;

    /// <summary>The command line was wrong.</summary>
    public const int Usage = 2;

    /// <summary>A change was asked for and nobody told whether it was made.</summary>
    public const int Unknown = 3;
}
