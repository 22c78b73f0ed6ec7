using Synod.Server.CommandLine;
using Synod.Server.Development;

namespace Synod.Server.Tests;

public sealed class DevDirectoryTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("synod-dev-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void The_nodes_have_the_ports_of_etcds_examples()
    {
        Assert.Equal([2379, 22379, 32379, 42379, 52379], Options(5).Plans.Select(plan => plan.ClientUrl.Port));
        Assert.All(Options(5).Plans, plan => Assert.Equal(plan.ClientUrl.Port + 1, plan.PeerUrl.Port));
        Assert.Equal(["n1", "n2", "n3"], Options(3).Plans.Select(plan => plan.Name));
    }

    [Fact]
    public void The_same_number_of_nodes_finds_its_data()
    {
        DevDirectory.Open(Options(3)).Dispose();
        var kept = Path.Combine(_path, "n2", "kept");
        File.WriteAllText(kept, "x");
        DevDirectory.Open(Options(3)).Dispose();
        Assert.True(File.Exists(kept));
    }

    [Fact]
    public void Another_number_of_nodes_is_refused_with_a_line_that_names_fresh()
    {
        DevDirectory.Open(Options(3)).Dispose();
        var refused = Assert.Throws<UserErrorException>(() => DevDirectory.Open(Options(5)));
        Assert.Contains("--fresh", Assert.Single(refused.Lines), StringComparison.Ordinal);
        Assert.Equal(2, refused.ExitCode);
        // Refusing must not have kept the lock, nor made room for nodes that will not come.
        DevDirectory.Open(Options(3)).Dispose();
        Assert.False(Directory.Exists(Path.Combine(_path, "n4")));
    }

    [Fact]
    public void Fresh_throws_the_nodes_away_and_nothing_else()
    {
        DevDirectory.Open(Options(5)).Dispose();
        var data = Path.Combine(_path, "n5", "data");
        var foreign = Path.Combine(_path, "thesis.txt");
        File.WriteAllText(data, "x");
        File.WriteAllText(foreign, "x");
        DevDirectory.Open(Options(3) with { Fresh = true }).Dispose();
        Assert.False(File.Exists(data));
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public void A_second_supervisor_on_the_same_data_is_refused()
    {
        using (DevDirectory.Open(Options(1)))
        {
            var refused = Assert.Throws<UserErrorException>(() => DevDirectory.Open(Options(1) with { Fresh = true }));
            Assert.Contains("another synod dev runs on", Assert.Single(refused.Lines), StringComparison.Ordinal);
            Assert.Equal(1, refused.ExitCode);
        }
        DevDirectory.Open(Options(1)).Dispose();
    }

    private DevOptions Options(int nodes) => new(nodes, false, _path, true);
}
