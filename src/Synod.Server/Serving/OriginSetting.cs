namespace Synod.Server.Serving;

/// <summary>The origins of web pages from elsewhere that may use the JSON gateway.</summary>
internal static class OriginSetting
{
    /// <summary>Takes a comma-separated list apart.</summary>
    /// <param name="text">The setting, or null.</param>
    /// <param name="problem">What is wrong with it, or null.</param>
    public static IReadOnlyList<string> Read(string? text, out string? problem)
    {
        string[] origins = text is null ? [] : [.. text.Split(',').Select(origin => origin.Trim())];
        problem = origins.Where(origin => origin != "*" && !IsOrigin(origin))
            .Select(origin => $"\"{origin}\" is neither * nor an origin such as https://console.example")
            .FirstOrDefault();
        return origins;
    }

    // As browsers write it: nothing behind host and port, not even a slash.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin) && origin.Host.Length > 0
        && string.Equals(origin.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase);
}
