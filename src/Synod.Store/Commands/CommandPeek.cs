namespace Synod.Store;

/// <summary>A look at a command's bytes without reading all of it.</summary>
public static class CommandPeek
{
    /// <summary>Whether a well-formed command compacts the history.</summary>
    public static bool IsCompaction(ReadOnlySpan<byte> command) =>
        command.Length > 1 && command[0] == CommandFormat.Version && command[1] == (byte)CommandKind.Compact;
}
