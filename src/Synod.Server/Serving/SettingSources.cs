using System.Text.Json;

namespace Synod.Server.Serving;

/// <summary>A setting's text and where it came from, so that an error can name the place to correct.</summary>
/// <param name="Text">The value as written.</param>
/// <param name="Origin">The flag, the variable, or the file and its key.</param>
internal sealed record SettingValue(string Text, string Origin);

/// <summary>The settings of all sources laid over each other: flag before variable before file.</summary>
internal sealed class SettingSources
{
    /// <summary>Variables that other commands read.</summary>
    private static readonly string[] OthersVariables = ["SYNOD_ENDPOINTS"];

    private readonly Dictionary<string, SettingValue> _values = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];

    private SettingSources()
    {
    }

    /// <summary>What is wrong with the sources themselves.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Variables that begin with SYNOD_ and mean nothing: a typing error worth a warning.</summary>
    public IReadOnlyList<string> UnknownVariables { get; private set; } = [];

    /// <summary>Gathers the settings.</summary>
    /// <param name="flags">Values from the command line, by setting name.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="readFile">Reads a file's text; may throw as files do.</param>
    public static SettingSources Gather(
        IReadOnlyDictionary<string, string> flags,
        IReadOnlyDictionary<string, string> variables,
        Func<string, string> readFile)
    {
        var sources = new SettingSources();
        sources.TakeFile(flags, variables, readFile);
        foreach (var setting in ServeSettings.All)
        {
            // An empty variable counts as not set, as it does for etcd: shells cannot always unset one.
            if (variables.TryGetValue(setting.Variable, out var variable) && variable.Length > 0)
            {
                sources._values[setting.Name] = new SettingValue(variable, setting.Variable);
            }
            if (flags.TryGetValue(setting.Name, out var flag))
            {
                sources._values[setting.Name] = new SettingValue(flag, "--" + setting.Name);
            }
        }
        sources.UnknownVariables =
        [
            .. variables.Keys.Where(key => key.StartsWith("SYNOD_", StringComparison.Ordinal)
                && key != ServeSettings.ConfigFile.Variable && !OthersVariables.Contains(key)
                && !ServeSettings.All.Any(setting => setting.Variable == key)).Order(StringComparer.Ordinal),
        ];
        return sources;
    }

    /// <summary>The winning value, or null where no source has one.</summary>
    public SettingValue? Find(string name) => _values.GetValueOrDefault(name);

    private void TakeFile(
        IReadOnlyDictionary<string, string> flags,
        IReadOnlyDictionary<string, string> variables,
        Func<string, string> readFile)
    {
        var name = flags.GetValueOrDefault(ServeSettings.ConfigFile.Name)
            ?? variables.GetValueOrDefault(ServeSettings.ConfigFile.Variable);
        if (string.IsNullOrEmpty(name))
        {
            return;
        }
        try
        {
            using var document = JsonDocument.Parse(readFile(name), new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
            });
            TakeObject(name, document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _errors.Add($"--config-file: {name} cannot be read: {e.Message}");
        }
        catch (JsonException e)
        {
            _errors.Add($"--config-file: {name} is not JSON (line {(e.LineNumber ?? 0) + 1}): write {{\"name\": \"n1\", ...}}");
        }
    }

    private void TakeObject(string file, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            _errors.Add($"--config-file: {file} is not a JSON object: write {{\"name\": \"n1\", ...}}");
            return;
        }
        foreach (var property in root.EnumerateObject())
        {
            var origin = $"{file}: {property.Name}";
            if (!ServeSettings.All.Any(setting => setting.Name == property.Name))
            {
                _errors.Add($"{origin} is not a setting; see synod serve --help");
            }
            else if (TextOf(property.Value) is { } text)
            {
                _values[property.Name] = new SettingValue(text, origin);
            }
            else
            {
                _errors.Add($"{origin} must be a text, a number or a list of texts");
            }
        }
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            string.Join(',', value.EnumerateArray().Select(item => item.GetString())),
        _ => null,
    };
}
