using System.Globalization;

namespace Synod.Client.Etcd;

/// <summary>gRPC's status codes.</summary>
public static class GrpcStatus
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Cancelled, mostly by the caller.</summary>
    public const int Cancelled = 1;

    /// <summary>An error that says nothing of its kind.</summary>
    public const int Unknown = 2;

    /// <summary>The time given ran out.</summary>
    public const int DeadlineExceeded = 4;

    /// <summary>The server broke an assumption of its own.</summary>
    public const int Internal = 13;

    /// <summary>The server cannot answer now.</summary>
    public const int Unavailable = 14;

    /// <summary>Data are lost or damaged for good.</summary>
    public const int DataLoss = 15;

    private static readonly string[] Names =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>The code's name in capitals, or its number.</summary>
    public static string Name(int code) =>
        (uint)code < (uint)Names.Length ? Names[code] : "status " + code.ToString(CultureInfo.InvariantCulture);
}
