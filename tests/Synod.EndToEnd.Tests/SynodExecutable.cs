namespace Synod.EndToEnd.Tests;

/// <summary>The executable as users have it: published once, by the script behind <c>run.sh</c>.</summary>
internal static class SynodExecutable
{
    private static readonly Lazy<Task<string>> Published = new(PublishAsync);

    /// <summary>The repository's directory.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where it is.</summary>
    public static Task<string> PathAsync() => Published.Value;

    private static async Task<string> PublishAsync()
    {
        // A first build on two cores takes longer than a command's usual deadline.
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(Path.Combine(Root, "eng/publish.sh"))
            {
                RedirectStandardOutput = true,
            })!;
        var lines = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
    }

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Synod.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("Not in the repository.");
        }
        return directory;
    }
}
