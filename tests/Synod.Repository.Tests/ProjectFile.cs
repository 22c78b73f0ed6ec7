using System.Xml.Linq;

namespace Synod.Repository.Tests;

/// <summary>What one .csproj says.</summary>
internal sealed class ProjectFile
{
    private readonly XDocument _document;

    private ProjectFile(string path, XDocument document)
    {
        FilePath = path;
        _document = document;
    }

    /// <summary>Path from the root.</summary>
    public string FilePath { get; }

    /// <summary>File name without ending.</summary>
    public string Name => Path.GetFileNameWithoutExtension(FilePath);

    /// <summary>The name of what it builds.</summary>
    public string AssemblyName => Property("AssemblyName") ?? Name;

    /// <summary>Whether the ban list is on.</summary>
    public bool IsPure => Property("SynodPure") == "true";

    /// <summary>Names of the projects it references.</summary>
    public IReadOnlyList<string> References =>
    [
        .. _document.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))),
    ];

    /// <summary>Its package references.</summary>
    public IEnumerable<XElement> Packages => _document.Descendants("PackageReference");

    /// <summary>All projects below a directory.</summary>
    public static IReadOnlyList<ProjectFile> In(string below) =>
        [.. Repository.Files(below, ".csproj").Select(path => new ProjectFile(path, XDocument.Parse(Repository.Read(path))))];

    private string? Property(string name) => _document.Descendants(name).FirstOrDefault()?.Value;
}
