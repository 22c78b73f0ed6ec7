namespace Synod.Repository.Tests;

/// <summary>The floor plan of docs/architecture.md, held against every project file.</summary>
public sealed class FloorTests
{
    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Synod.Paxos"] = 0,
        ["Synod.Ports"] = 1,
        ["Synod.Wire"] = 1,
        ["Synod.Explorer"] = 1,
        ["Synod.Protocol.Etcd"] = 1,
        ["Synod.Store"] = 2,
        ["Synod.Storage"] = 2,
        ["Synod.Transport"] = 2,
        ["Synod.Replication"] = 3,
        ["Synod.Node"] = 4,
        ["Synod.Simulation"] = 5,
        ["Synod.Doors.Etcd"] = 5,
        ["Synod.Client"] = 5,
        ["Synod.Hosting"] = 6,
        ["Synod.Server"] = 7,
    };

    /// <summary>Who is not under the ban list, and why.</summary>
    private static readonly Dictionary<string, string> Impure = new()
    {
        ["Synod.Explorer"] = "searches with hash tables of worlds and reports to a console; decides nothing",
        ["Synod.Protocol.Etcd"] = "generated messages, which override GetHashCode",
        ["Synod.Storage"] = "holds the real disks beside the pure recovery table",
        ["Synod.Transport"] = "holds the sockets",
        ["Synod.Simulation"] = "draws the random numbers and the time that it hands in",
        ["Synod.Doors.Etcd"] = "async begins at the doors",
        ["Synod.Client"] = "async, outside the nodes",
        ["Synod.Hosting"] = "composition",
        ["Synod.Server"] = "composition",
    };

    private static readonly IReadOnlyList<ProjectFile> Projects = ProjectFile.In("src");

    [Fact]
    public void Every_project_has_a_floor()
    {
        Assert.NotEmpty(Projects);
        Assert.Empty(Projects.Select(project => project.Name).Except(Floors.Keys));
    }

    [Fact]
    public void Arrows_point_strictly_down()
    {
        // Ports and Wire share a floor with nothing between them; both lean on Paxos alone.
        var wrong = from project in Projects
                    from reference in project.References
                    where Floors[reference] >= Floors[project.Name]
                    select $"{project.Name} (floor {Floors[project.Name]}) -> {reference} (floor {Floors[reference]})";
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_door_never_references_a_door()
    {
        var wrong = from project in Projects
                    where project.Name.StartsWith("Synod.Doors.", StringComparison.Ordinal)
                    from reference in project.References
                    where reference.StartsWith("Synod.Doors.", StringComparison.Ordinal)
                    select $"{project.Name} -> {reference}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_ground_floor_needs_the_base_class_library_only()
    {
        var paxos = Assert.Single(Projects, project => project.Name == "Synod.Paxos");
        Assert.Empty(paxos.References);
        Assert.Empty(paxos.Packages);
    }

    [Fact]
    public void The_explorer_needs_the_algorithms_only()
    {
        var explorer = Assert.Single(Projects, project => project.Name == "Synod.Explorer");
        Assert.Equal(["Synod.Paxos"], explorer.References);
    }

    [Fact]
    public void Every_project_is_pure_unless_a_reason_is_given()
    {
        Assert.Empty(Projects.Where(project => !project.IsPure).Select(project => project.Name).Except(Impure.Keys));
        Assert.Empty(Projects.Where(project => project.IsPure).Select(project => project.Name).Intersect(Impure.Keys));
        Assert.All(Impure.Values, reason => Assert.NotEmpty(reason));
    }

    [Fact]
    public void Every_project_has_a_test_project_which_looks_at_it()
    {
        var tests = ProjectFile.In("tests");
        foreach (var project in Projects)
        {
            var mirror = Assert.Single(tests, test => test.Name == project.Name + ".Tests");
            Assert.Contains(project.Name, mirror.References);
        }
    }
}
