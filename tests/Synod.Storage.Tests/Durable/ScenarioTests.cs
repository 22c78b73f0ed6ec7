using System.Globalization;
using System.Reflection;

namespace Synod.Storage.Tests.Durable;

/// <summary>The scenarios of known implementations are numbered 1 to 83; those of the durable store are here.</summary>
public class ScenarioTests
{
    private const string Prefix = "Scenario_";

    [Fact]
    public void Scenarios_65_to_77_are_tests_here_each_once()
    {
        var numbers = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(type => type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.StartsWith(Prefix, StringComparison.Ordinal)
                && method.GetCustomAttribute<FactAttribute>() is { Skip: null })
            .Select(method => int.Parse(method.Name.AsSpan(Prefix.Length, 2), CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(65, 13), numbers.Order());
    }
}
