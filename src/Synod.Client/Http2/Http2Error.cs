using System.Globalization;

namespace Synod.Client.Http2;

/// <summary>Names of HTTP/2's error codes, for people. RFC 9113, §7.</summary>
internal static class Http2Error
{
    private static readonly string[] Names =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    /// <summary>How many codes have names; greater ones count as one.</summary>
    public static int Count => Names.Length;

    /// <summary>The code's name, or its number.</summary>
    public static string Name(uint code) =>
        code < (uint)Names.Length ? Names[code] : "error " + code.ToString(CultureInfo.InvariantCulture);
}
