using System.Xml.Linq;

namespace Synod.Repository.Tests;

/// <summary>How things are built: the same everywhere, from pinned versions.</summary>
public sealed class BuildTests
{
    private static readonly IReadOnlyList<ProjectFile> Projects =
        [.. ProjectFile.In("src"), .. ProjectFile.In("tests"), .. ProjectFile.In("samples"), .. BenchmarkProjects()];

    [Fact]
    public void No_assembly_is_called_Synod()
    {
        // "Synod" beside "synod" fails at restore, or dies at start where file names ignore case.
        Assert.DoesNotContain("Synod", Projects.Select(project => project.AssemblyName));
        Assert.Equal("synod", Assert.Single(Projects, project => project.Name == "Synod.Server").AssemblyName);
    }

    [Fact]
    public void The_solution_has_every_project()
    {
        var listed = XDocument.Parse(Repository.Read("Synod.slnx")).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value).ToList();
        var wanted = Projects.Where(project => !project.FilePath.StartsWith("bench/", StringComparison.Ordinal))
            .Select(project => project.FilePath);
        Assert.Empty(wanted.Except(listed));
        Assert.All(listed, path => Assert.True(File.Exists(Repository.PathOf(path)), path));
    }

    [Fact]
    public void Every_project_has_its_lock_file()
    {
        Assert.All(Projects, project => Assert.True(
            File.Exists(Repository.PathOf(Path.GetDirectoryName(project.FilePath) + "/packages.lock.json")), project.FilePath));
    }

    [Fact]
    public void Versions_stand_in_one_place()
    {
        var props = XDocument.Parse(Repository.Read("Directory.Packages.props"));
        Assert.Equal("true", props.Descendants("ManagePackageVersionsCentrally").Single().Value);
        var central = props.Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value).ToHashSet();
        foreach (var project in Projects)
        {
            Assert.All(project.Packages, package =>
            {
                Assert.Null(package.Attribute("Version"));
                Assert.Contains(package.Attribute("Include")!.Value, central);
            });
        }
    }

    [Theory]
    [InlineData("run.sh")]
    [InlineData("test.sh")]
    [InlineData(".ci/run")]
    [InlineData("eng/publish.sh")]
    public void A_script_can_be_started(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.True(File.Exists(Repository.PathOf(path)));
            return;
        }
        const UnixFileMode run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        Assert.Equal(run, File.GetUnixFileMode(Repository.PathOf(path)) & run);
        Assert.StartsWith("#!/usr/bin/env bash\n", Repository.Read(path), StringComparison.Ordinal);
    }

    [Fact]
    public void The_readme_begins_with_the_two_commands()
    {
        var commands = Repository.Read("README.md").Split('\n')
            .Where(line => line.TrimStart().StartsWith("./", StringComparison.Ordinal))
            .Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(["./run.sh", "./test.sh"], commands.Take(2));
    }

    [Fact]
    public void The_licence_is_there_in_full()
    {
        var licence = Repository.Read("LICENSE");
        Assert.Contains("Apache License", licence, StringComparison.Ordinal);
        Assert.Contains("END OF TERMS AND CONDITIONS", licence, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ProjectFile> BenchmarkProjects() =>
        Directory.Exists(Repository.PathOf("bench")) ? ProjectFile.In("bench") : [];
}
