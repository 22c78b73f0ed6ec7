using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Synod.Doors.Etcd.Tests;

/// <summary>What a client process came to.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Its lines of output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>A client program of the machine; a missing one fails the test with the name of its package.</summary>
public static class Tool
{
    /// <summary>Runs it to its end.</summary>
    public static async Task<ToolResult> RunAsync(
        string program, string package, IReadOnlyList<string> arguments, string input = "",
        params (string Name, string Value)[] variables)
    {
        using var process = Start(program, package, arguments, variables);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Deadlines.Process);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            var said = await output + await errors;
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within {Deadlines.Process}: {said}");
        }
        return new ToolResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts it, with all three streams redirected.</summary>
    public static Process Start(
        string program, string package, IReadOnlyList<string> arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            Assert.Fail($"'{program}' cannot be started ({e.Message}): install the package {package}.");
            throw;
        }
    }
}
