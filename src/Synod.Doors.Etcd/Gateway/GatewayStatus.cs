using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>How the codes of gRPC look in HTTP.</summary>
internal static class GatewayStatus
{
    /// <summary>The HTTP status for a code.</summary>
    public static int HttpOf(GrpcCode code) => code switch
    {
        GrpcCode.Ok => StatusCodes.Status200OK,
        GrpcCode.Cancelled => StatusCodes.Status408RequestTimeout,
        GrpcCode.InvalidArgument or GrpcCode.OutOfRange => StatusCodes.Status400BadRequest,
        GrpcCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        GrpcCode.NotFound => StatusCodes.Status404NotFound,
        GrpcCode.AlreadyExists or GrpcCode.Aborted => StatusCodes.Status409Conflict,
        GrpcCode.PermissionDenied => StatusCodes.Status403Forbidden,
        GrpcCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        GrpcCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        GrpcCode.FailedPrecondition => StatusCodes.Status412PreconditionFailed,
        GrpcCode.Unimplemented => StatusCodes.Status501NotImplemented,
        GrpcCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The status in words.</summary>
    public static string WordsFor(int http) => ReasonPhrases.GetReasonPhrase(http);
}
