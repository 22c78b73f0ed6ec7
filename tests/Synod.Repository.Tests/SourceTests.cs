namespace Synod.Repository.Tests;

/// <summary>What source files look like.</summary>
public sealed class SourceTests
{
    private const int LinesMax = 500;

    private static readonly string[] PureFloors = ["Synod.Paxos", "Synod.Ports", "Synod.Wire", "Synod.Store"];

    private static readonly string[] ForbiddenFolders = ["Helpers", "Utils", "Utilities", "Common", "Models", "Managers"];

    /// <summary>A file that needs a forbidden word, the word, and why it does no harm there.</summary>
    private static readonly (string File, string Word, string Reason)[] Exceptions = [];

    [Fact]
    public void No_source_file_is_longer_than_the_limit()
    {
        var long_ = from file in Repository.Files("src", ".cs").Concat(Repository.Files("tests", ".cs"))
                    let lines = Repository.Read(file).Count(c => c == '\n')
                    where lines > LinesMax
                    select $"{file}: {lines} lines";
        Assert.Empty(long_);
    }

    [Fact]
    public void The_pure_floors_have_no_forbidden_word()
    {
        var found = (from project in PureFloors
                     from file in Repository.Files("src/" + project, ".cs")
                     from word in SourceText.ForbiddenIn(Repository.Read(file))
                     select (file, word)).ToList();
        Assert.Empty(found.Except(Exceptions.Select(e => (e.File, e.Word))));
        // An exception that nobody needs any more would hide the next mistake.
        Assert.Empty(Exceptions.Select(e => (e.File, e.Word)).Except(found));
        Assert.All(Exceptions, e => Assert.NotEmpty(e.Reason));
    }

    [Theory]
    [InlineData("async void Foo() { }", "async")]
    [InlineData("x = await y;", "await")]
    [InlineData("lock (this) { }", "lock (")]
    [InlineData("lock(_gate) { }", "lock (")]
    [InlineData("Dictionary<int, int> x;", "Dictionary<")]
    [InlineData("IReadOnlySet<int> x = new HashSet<int>();", "HashSet<")]
    public void The_search_finds_each_word(string source, string word) =>
        Assert.Equal([word], SourceText.ForbiddenIn(source));

    [Theory]
    [InlineData("// no lock (at all)")]
    [InlineData("/* await\nnothing */ int x;")]
    [InlineData("var s = \"async \\\" await\";")]
    [InlineData("SortedDictionary<int, int> x; Block(3); IReadOnlyDictionary<int, int> y;")]
    [InlineData("var c = '\"'; var d = '\\''; // \" await")]
    public void The_search_skips_comments_literals_and_longer_words(string source) =>
        Assert.Empty(SourceText.ForbiddenIn(source));

    [Fact]
    public void No_folder_is_a_bag_for_anything()
    {
        var files = Repository.Files("src", ".cs").Concat(Repository.Files("tests", ".cs"));
        Assert.DoesNotContain(files, file => file.Split('/').Intersect(ForbiddenFolders).Any());
    }
}
