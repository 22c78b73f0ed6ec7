using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>
/// JSON as etcd's gateway has it: names as in the protocol's files on the way out, these or camel case on the way in, 64-bit
/// numbers as strings out and either way in, what is zero left out, bytes in base64, enumerations by name or number.
/// </summary>
internal static class GatewayJson
{
    /// <summary>Nesting deeper than this is refused; the deepest transaction needs four levels for each of its own.</summary>
    private const int DepthMax = 600;

    private static readonly JsonParser s_parser =
        new(new JsonParser.Settings(DepthMax).WithIgnoreUnknownFields(true));

    private static readonly JsonFormatter s_formatter =
        new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    private static readonly JsonWriterOptions s_writer =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Takes one JSON value off the head of what has come.</summary>
    /// <param name="buffer">What has come; moved behind the value.</param>
    /// <param name="isCompleted">Nothing more will come.</param>
    /// <param name="value">The value's text.</param>
    /// <param name="problem">Why this cannot be JSON, or null.</param>
    /// <returns>Whether there was a whole value.</returns>
    public static bool TryTake(
        ref ReadOnlySequence<byte> buffer, bool isCompleted, out string value, out string? problem)
    {
        value = "";
        problem = null;
        var reader = new Utf8JsonReader(
            buffer, isCompleted, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DepthMax }));
        try
        {
            if (!reader.Read())
            {
                return false;
            }
            var start = reader.TokenStartIndex;
            if (!reader.TrySkip())
            {
                return false;
            }
            value = Encoding.UTF8.GetString(buffer.Slice(start, reader.BytesConsumed - start));
            buffer = buffer.Slice(reader.BytesConsumed);
            return true;
        }
        catch (JsonException e)
        {
            problem = isCompleted && buffer.ToArray().AsSpan().Trim(" \t\r\n"u8).IsEmpty ? null : e.Message;
            return false;
        }
    }

    /// <summary>Turns a JSON value into a message's bytes.</summary>
    public static bool TryParse(string json, MessageDescriptor descriptor, out byte[] message, out string problem)
    {
        try
        {
            message = s_parser.Parse(json, descriptor).ToByteArray();
            problem = "";
            return true;
        }
        catch (Exception e) when (e is InvalidJsonException or InvalidProtocolBufferException or FormatException)
        {
            message = [];
            problem = e.Message;
            return false;
        }
    }

    /// <summary>Writes a message as a JSON value without blanks.</summary>
    public static void Write(in ReadOnlySequence<byte> message, MessageDescriptor descriptor, IBufferWriter<byte> into)
    {
        using var loose = JsonDocument.Parse(
            s_formatter.Format(descriptor.Parser.ParseFrom(message)), new JsonDocumentOptions { MaxDepth = DepthMax });
        using var writer = new Utf8JsonWriter(into, s_writer);
        loose.WriteTo(writer);
    }

    /// <summary>The body of an answer that says why there is none.</summary>
    public static string Error(GrpcStatus status)
    {
        var words = JsonEncodedText.Encode(status.Message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return $$"""{"error":"{{words}}","message":"{{words}}","code":{{status.CodeText}}}""";
    }

    /// <summary>The value that ends a stream which broke off.</summary>
    public static string StreamError(GrpcStatus status)
    {
        var words = JsonEncodedText.Encode(status.Message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        var http = GatewayStatus.HttpOf(status.Code);
        return $$$"""{"error":{"grpc_code":{{{status.CodeText}}},"http_code":{{{http}}},"message":"{{{words}}}","http_status":"{{{GatewayStatus.WordsFor(http)}}}"}}""";
    }
}
