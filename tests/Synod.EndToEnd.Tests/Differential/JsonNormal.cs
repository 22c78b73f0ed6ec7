using System.Text.Json;
using System.Text.Json.Nodes;

namespace Synod.EndToEnd.Tests;

/// <summary>JSON in which equal things are equal: identities are taken out, members of objects are sorted.</summary>
internal static class JsonNormal
{
    private static readonly string[] s_identities = ["cluster_id", "member_id", "raft_term"];

    public static string Of(string text)
    {
        try
        {
            return Sorted(JsonNode.Parse(text))?.ToJsonString() ?? "null";
        }
        catch (JsonException)
        {
            return text.Trim();
        }
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject all => new JsonObject(all.Where(static member => !s_identities.Contains(member.Key))
            .OrderBy(static member => member.Key, StringComparer.Ordinal)
            .Select(static member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray all => new JsonArray([.. all.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
