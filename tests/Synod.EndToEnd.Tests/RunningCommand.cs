using System.Diagnostics;

namespace Synod.EndToEnd.Tests;

/// <summary>What a program said, and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>All it said.</summary>
    public string Everything => Output + Error;
}

/// <summary>Runs real programs: the executable under test, etcdctl, python, curl.</summary>
internal static class RunningCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program to its end.</summary>
    public static Task<CommandResult> RunAsync(string program, params string[] arguments) =>
        RunAsync(program, arguments, [], "");

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="TimeoutException">It did not end; it was killed.</exception>
    public static async Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<(string Name, string Value)> variables, string input)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException(
                $"{program} {string.Join(' ', arguments)} did not end within {Deadline.TotalSeconds} s; it said: {await output}{await error}");
        }
        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>Runs etcdctl with API 3 against the endpoints.</summary>
    public static Task<CommandResult> EtcdctlAsync(string endpoints, params string[] arguments)
    {
        Need("etcdctl", "etcd-client");
        return RunAsync("etcdctl", ["--endpoints", endpoints, .. arguments], [("ETCDCTL_API", "3")], "");
    }

    /// <summary>Fails the test, naming the package, where a program is missing.</summary>
    public static void Need(string program, string package)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(directory => File.Exists(Path.Combine(directory, program)));
        Assert.True(found, $"{program} is missing: apt-get install {package}");
    }
}
