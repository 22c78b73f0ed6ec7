namespace Synod.Repository.Tests;

/// <summary>The files of the working tree, without what builds leave behind.</summary>
internal static class Repository
{
    private static readonly string[] LeftBehind = ["bin", "obj", "artifacts", ".git", ".synod"];

    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of a file or directory, given from the root with slashes.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Text of a file, given from the root.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>All files below a directory with the given ending, as paths from the root, in order.</summary>
    public static IReadOnlyList<string> Files(string below, string ending)
    {
        var start = PathOf(below);
        return
        [
            .. Directory.EnumerateFiles(start, "*" + ending, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Where(file => !file.Split('/').Intersect(LeftBehind).Any())
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Synod.slnx")))
            {
                return directory.FullName;
            }
        }
        throw new InvalidOperationException("No Synod.slnx above " + AppContext.BaseDirectory);
    }
}
