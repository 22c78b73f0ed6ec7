using Synod.Server.CommandLine;

namespace Synod.Server.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_teaches_with_examples()
    {
        var (exitCode, output, _) = await RunAsync("--help");
        Assert.Equal(0, exitCode);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("etcdctl", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_serve_names_every_setting()
    {
        var (exitCode, output, _) = await RunAsync("serve", "--help");
        Assert.Equal(0, exitCode);
        Assert.All(Serving.ServeSettings.All, setting => Assert.Contains("--" + setting.Name, output, StringComparison.Ordinal));
        Assert.DoesNotContain("stop-with-stdin", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_command_teaches_and_is_a_mistake()
    {
        var (exitCode, output, error) = await RunAsync();
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains("Examples:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("synod: Unrecognized command or argument '--nme'.", "serve", "--nme", "x")]
    [InlineData("synod: Unrecognized command or argument 'sreve'.", "sreve")]
    public async Task An_unknown_word_is_one_line_and_where_to_look(string line, params string[] args)
    {
        var (exitCode, output, error) = await RunAsync(args);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(line, lines[0]);
        Assert.StartsWith("See: synod", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
    }

    [Theory]
    [InlineData("See: synod get --help", "get")]
    [InlineData("See: synod snapshot --help", "snapshot")]
    [InlineData("See: synod snapshot save --help", "snapshot", "save")]
    public async Task Where_to_look_is_a_command_that_exists(string line, params string[] args)
    {
        var (exitCode, _, error) = await RunAsync(args);
        Assert.Equal(2, exitCode);
        Assert.Equal(line, error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1]);
        var (helpExitCode, help, _) = await RunAsync([.. args, "--help"]);
        Assert.Equal(0, helpExitCode);
        Assert.Contains(line["See: synod ".Length..^" --help".Length], help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("synod: Cannot parse argument 'abc' for option '--timeout' as a number.", "get", "x", "--timeout", "abc")]
    [InlineData("synod: Cannot parse argument 'abc' for option '--rev' as a whole number.", "get", "x", "--rev", "abc")]
    [InlineData("synod: Cannot parse argument '1.5' for option '--clients' as a whole number.", "bench", "--clients", "1.5")]
    public async Task What_is_no_number_is_told_without_the_name_of_a_type(string line, params string[] args)
    {
        var (exitCode, _, error) = await RunAsync(args);
        Assert.Equal(2, exitCode);
        Assert.Equal(line, error.Split('\n')[0]);
    }

    [Theory]
    [InlineData("-h, --help", "snapshot", "restore")]
    [InlineData("-h, --help", "snapshot")]
    [InlineData("[default: 3]", "dev")]
    [InlineData("[default: http", "put")]
    public async Task Help_says_a_thing_once(string text, params string[] command)
    {
        var (exitCode, output, _) = await RunAsync([.. command, "--help"]);
        Assert.Equal(0, exitCode);
        Assert.Equal(2, output.Split(text).Length);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_written_is_one_line_without_a_stack()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "nowhere", "snapshot");
        var (exitCode, output, error) = await RunAsync("snapshot", "save", file);
        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("synod: no snapshot was saved: Could not find a part of the path", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_bad_value_is_one_line_without_a_stack()
    {
        var (exitCode, output, error) = await RunAsync("serve", "--listen-client-urls", "https://127.0.0.1:1");
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Equal(
            "synod: --listen-client-urls: \"https://127.0.0.1:1\" asks for TLS, which comes later; use http: for now\n", error);
    }

    [Fact]
    public async Task A_value_that_begins_with_an_at_sign_is_not_a_file()
    {
        var (_, _, error) = await RunAsync("serve", "--log-level", "@x");
        Assert.Contains("\"@x\" is none of", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await SynodCommandLine.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
