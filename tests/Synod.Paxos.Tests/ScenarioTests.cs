using System.Globalization;
using System.Reflection;

namespace Synod.Paxos.Tests;

/// <summary>
/// The scenarios of known implementations are numbered 1 to 83. Those of the durable store, 65 to 77, are tests of the
/// storage; all others are here, each once.
/// </summary>
public class ScenarioTests
{
    private const string Prefix = "Scenario_";

    [Fact]
    public void Scenarios_1_to_64_and_78_to_83_are_tests_here_each_once()
    {
        var numbers = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(type => type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.StartsWith(Prefix, StringComparison.Ordinal)
                && method.GetCustomAttribute<FactAttribute>() is { Skip: null })
            .Select(method => int.Parse(method.Name.AsSpan(Prefix.Length, 2), CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 64).Concat(Enumerable.Range(78, 6)), numbers.Order());
    }

    [Theory]
    [InlineData(42)]
    [InlineData(44)]
    [InlineData(45)]
    [InlineData(51)]
    [InlineData(58)]
    [InlineData(79)]
    public void What_is_known_to_be_unsafe_is_a_must_not(int number)
    {
        var method = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(type => type.GetMethods())
            .Single(method => method.Name.StartsWith($"{Prefix}{number}_", StringComparison.Ordinal));
        Assert.Contains("_must_", method.Name, StringComparison.Ordinal);
    }
}
