using Microsoft.AspNetCore.Http;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>How a gRPC response looks in HTTP/2.</summary>
internal static class GrpcResponse
{
    private const string ContentType = "application/grpc";
    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";

    /// <summary>Whether the content type is gRPC with protobuf: with or without a suffix or parameters.</summary>
    public static bool IsGrpc(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var rest = contentType.AsSpan(ContentType.Length);
        return rest.IsEmpty || rest[0] == ';' || rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Begins a response that carries messages.</summary>
    public static void Begin(HttpResponse response) => response.ContentType = ContentType;

    /// <summary>
    /// Ends a response. If nothing was sent yet, the status stands in the headers and there are no trailers at all,
    /// which
    /// is how gRPC tells a refusal from a broken stream.
    /// </summary>
    public static void End(HttpResponse response, GrpcStatus status, bool bodyBegun)
    {
        if (!bodyBegun && !response.HasStarted)
        {
            response.ContentType = ContentType;
            response.Headers[StatusHeader] = status.CodeText;
            if (!status.IsOk)
            {
                response.Headers[MessageHeader] = status.EncodedMessage();
            }
            return;
        }
        response.AppendTrailer(StatusHeader, status.CodeText);
        if (!status.IsOk)
        {
            response.AppendTrailer(MessageHeader, status.EncodedMessage());
        }
    }
}
