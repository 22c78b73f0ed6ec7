using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Synod.Protocol.Etcd;

namespace Synod.Client.Commands;

/// <summary>
/// Answers as one line of JSON. Keys and values are strings where they are UTF-8, and base64 under `keyBase64` and
/// `valueBase64` where they are not.
/// </summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(RangeResponse answer) => Write(json =>
    {
        json.WriteNumber("revision", answer.Header?.Revision ?? 0);
        json.WriteNumber("count", answer.Count);
        json.WriteBoolean("more", answer.More);
        json.WriteStartArray("kvs");
        foreach (KeyValue pair in answer.Kvs)
        {
            json.WriteStartObject();
            Pair(json, pair);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    public static string Of(Event change) => Write(json =>
    {
        json.WriteString("type", change.Type == Event.Types.EventType.Delete ? "DELETE" : "PUT");
        Pair(json, change.Kv);
    });

    public static string Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Pair(Utf8JsonWriter json, KeyValue pair)
    {
        Bytes(json, "key", pair.Key);
        Bytes(json, "value", pair.Value);
        json.WriteNumber("createRevision", pair.CreateRevision);
        json.WriteNumber("modRevision", pair.ModRevision);
        json.WriteNumber("version", pair.Version);
        json.WriteNumber("lease", pair.Lease);
    }

    private static void Bytes(Utf8JsonWriter json, string name, ByteString bytes)
    {
        if (Utf8.IsValid(bytes.Span))
        {
            json.WriteString(name, bytes.Span);
        }
        else
        {
            json.WriteBase64String(name + "Base64", bytes.Span);
        }
    }
}
