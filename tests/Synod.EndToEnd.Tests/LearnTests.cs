using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Synod.EndToEnd.Tests;

/// <summary>
/// <c>synod learn</c> on a real terminal, which <c>script</c> (of util-linux) makes: keys are pressed when what they
/// answer can be seen, never after a while.
/// </summary>
public sealed class LearnTests
{
    private const char Escape = '\e';
    private const string Keys = "Enter or space: next row   a: all the rest   q: quit";
    private const string LastRow = "Accepted 1.p1 red: chosen";
    private const string Closing = "=> red is chosen, for ever";

    [Fact]
    public async Task Enter_and_space_show_the_next_row_and_q_ends_it_without_an_echo()
    {
        await using var terminal = await Terminal.StartAsync("learn --step --scenario no-conflict");
        await terminal.SeeAsync(Keys);
        await terminal.SeeAsync("p1    a1    a2    a3    l");
        await terminal.PressAsync("\r");
        await terminal.SeeAsync("was anything accepted before?");
        await terminal.PressAsync(" ");
        await terminal.SeeAsync("begins ballot 1.p1");
        await terminal.PressAsync("zq");
        Assert.Equal(0, await terminal.EndAsync());
        Assert.DoesNotContain("z", terminal.Seen.Split("begins ballot 1.p1")[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("Prepare 1.p1", terminal.Seen, StringComparison.Ordinal);
        Assert.Contains(Escape, terminal.Seen);
    }

    [Fact]
    public async Task A_shows_the_rest()
    {
        await using var terminal = await Terminal.StartAsync("learn --step --scenario no-conflict");
        await terminal.SeeAsync(Keys);
        await terminal.PressAsync("a");
        await terminal.SeeAsync(LastRow);
        await terminal.SeeAsync(Closing);
        Assert.Equal(0, await terminal.EndAsync());
    }

    [Fact]
    public async Task Ctrl_C_ends_it_at_once_and_the_terminal_is_as_before()
    {
        // The shell in the terminal looks at its settings before and after; it hears the Ctrl-C, too, and goes on.
        await using var terminal = await Terminal.StartAsync(
            "learn --step", before: "trap : INT; stty -g; ", after: "; echo ended $?; stty -g");
        await terminal.SeeAsync(Keys);
        await terminal.PressAsync("\u0003");
        await terminal.SeeAsync("ended 130");
        Assert.Equal(0, await terminal.EndAsync());
        var settings = terminal.Seen.Split('\n').Select(line => line.Trim())
            .Where(line => line.Count(each => each == ':') > 20).ToList();
        Assert.Equal(2, settings.Count);
        Assert.Equal(settings[0], settings[1]);
    }

    [Fact]
    public async Task Without_colours_where_they_are_not_wanted()
    {
        await using var terminal = await Terminal.StartAsync("learn --scenario no-conflict", before: "NO_COLOR=1 ");
        await terminal.SeeAsync(Closing);
        Assert.Equal(0, await terminal.EndAsync());
        Assert.DoesNotContain($"{Escape}[1m", terminal.Seen, StringComparison.Ordinal);
        Assert.DoesNotContain($"{Escape}[38;", terminal.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(200)]
    public async Task Every_line_fits_the_terminal(int columns)
    {
        await using var terminal = await Terminal.StartAsync(
            "learn --scenario bug-ballot-reuse",
            before: string.Create(CultureInfo.InvariantCulture, $"stty cols {columns}; NO_COLOR=1 "));
        await terminal.SeeAsync("=> with the bug");
        Assert.Equal(0, await terminal.EndAsync());
        var lines = terminal.Seen.Split('\n').Select(line => line.TrimEnd()).ToList();
        Assert.All(lines, line => Assert.True(line.Length <= columns, line));
        Assert.Equal(columns > 100, lines.Any(line => line.EndsWith("|     begins ballot 1.p1, wants red", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_terminal_lines_are_keys_and_nothing_is_coloured()
    {
        var synod = await SynodExecutable.PathAsync();
        string[] arguments = ["learn", "--step", "--scenario", "no-conflict"];
        var all = await RunningCommand.RunAsync(synod, arguments, [], "");
        Assert.Equal((0, ""), (all.ExitCode, all.Error));
        Assert.Contains(Closing, all.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, all.Output);
        Assert.DoesNotContain(Keys, all.Output, StringComparison.Ordinal);
        var some = await RunningCommand.RunAsync(synod, arguments, [], "\n\nq\n");
        Assert.Equal((0, ""), (some.ExitCode, some.Error));
        Assert.Contains("begins ballot", some.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Prepare 1.p1", some.Output, StringComparison.Ordinal);
    }

    private sealed class Terminal : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
        private readonly Process _script;
        private readonly StringBuilder _seen = new();

        private Terminal(Process script) => _script = script;

        /// <summary>All that stood on the screen so far.</summary>
        public string Seen => _seen.ToString();

        public static async Task<Terminal> StartAsync(string arguments, string before = "", string after = "")
        {
            RunningCommand.Need("script", "bsdutils");
            var start = new ProcessStartInfo("script")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            foreach (var argument in new[]
            {
                "--quiet", "--return", "--flush", "--command",
                $"{before}{await SynodExecutable.PathAsync()} {arguments}{after}", "/dev/null",
            })
            {
                start.ArgumentList.Add(argument);
            }
            start.Environment["TERM"] = "xterm-256color";
            start.Environment["SHELL"] = "/bin/sh";
            start.Environment.Remove("NO_COLOR");
            return new Terminal(Process.Start(start)!);
        }

        /// <summary>Presses keys.</summary>
        public async Task PressAsync(string keys)
        {
            await _script.StandardInput.WriteAsync(keys);
            await _script.StandardInput.FlushAsync();
        }

        /// <summary>Waits until this stands on the screen.</summary>
        public async Task SeeAsync(string text)
        {
            using var deadline = new CancellationTokenSource(Patience);
            while (!Seen.Contains(text, StringComparison.Ordinal))
            {
                Assert.True(await ReadAsync(deadline.Token), $"ended without \"{text}\": {Seen}");
            }
        }

        /// <summary>Waits for the end.</summary>
        /// <returns>The exit code.</returns>
        public async Task<int> EndAsync()
        {
            using var deadline = new CancellationTokenSource(Patience);
            while (await ReadAsync(deadline.Token))
            {
            }
            await _script.WaitForExitAsync(deadline.Token);
            return _script.ExitCode;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_script.HasExited)
            {
                _script.Kill(entireProcessTree: true);
                await _script.WaitForExitAsync();
            }
            _script.Dispose();
        }

        private async Task<bool> ReadAsync(CancellationToken cancellation)
        {
            var block = new char[4096];
            var length = await _script.StandardOutput.ReadAsync(block, cancellation);
            _seen.Append(block, 0, length);
            return length > 0;
        }
    }
}
