using System.Reflection;

namespace Synod.Samples.Tests;

/// <summary>Runs each sample as it is. One class: they all write to the console.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("synod-sample-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3")]
    [InlineData("4")]
    public void Every_replica_of_the_counter_counts_the_same(string seed)
    {
        var lines = Run("Synod.Samples.Counter", seed);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.EndsWith(" = 136", line, StringComparison.Ordinal));
        Assert.Single(lines.Select(line => line[line.IndexOf(':', StringComparison.Ordinal)..]).Distinct());
    }

    [Fact]
    public void The_lead_goes_to_who_is_reachable_and_an_old_leader_steps_down()
    {
        var lines = Run("Synod.Samples.Leadership");
        Assert.Contains("  n1 follows 1.1.1, believes that it leads", lines);
        Assert.Equal(["  n2 follows 2.2.1, believes that it leads", "  n3 follows 2.2.1"], lines[^2..]);
        Assert.DoesNotContain("believes", lines[^3], StringComparison.Ordinal);
    }

    [Fact]
    public void What_one_life_promised_the_next_one_knows()
    {
        var first = Run("Synod.Samples.Durable", _directory);
        Assert.Equal(["promised none, used up to none", "promises 1.2.1 to n2, and the disk knows"], first);
        var second = Run("Synod.Samples.Durable", _directory);
        Assert.Equal(["promised 1.2.1, used up to none", "promises 2.2.1 to n2, and the disk knows"], second);
    }

    [Fact]
    public void The_counter_is_short()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Synod.slnx")))
        {
            root = root.Parent!;
        }
        var lines = File.ReadAllLines(Path.Combine(root.FullName, "samples/Synod.Samples.Counter/Program.cs"));
        Assert.True(lines.Length < 100, $"{lines.Length} lines");
    }

    private static string[] Run(string sample, params string[] args)
    {
        var output = Console.Out;
        using var written = new StringWriter();
        try
        {
            Console.SetOut(written);
            var exitCode = Assembly.Load(sample).EntryPoint!.Invoke(null, [args]);
            Assert.Equal(0, exitCode);
        }
        finally
        {
            Console.SetOut(output);
        }
        return written.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
