using System.Globalization;
using System.Text;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>The status codes of gRPC.</summary>
public enum GrpcCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The caller went away.</summary>
    Cancelled = 1,

    /// <summary>Something without a code of its own.</summary>
    Unknown = 2,

    /// <summary>The request makes no sense, whatever the state.</summary>
    InvalidArgument = 3,

    /// <summary>The caller's time was up.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for is not there.</summary>
    NotFound = 5,

    /// <summary>What was to be made exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not.</summary>
    PermissionDenied = 7,

    /// <summary>A limit is reached.</summary>
    ResourceExhausted = 8,

    /// <summary>The state does not allow it.</summary>
    FailedPrecondition = 9,

    /// <summary>Another caller was in the way.</summary>
    Aborted = 10,

    /// <summary>Outside of what is there.</summary>
    OutOfRange = 11,

    /// <summary>No such method.</summary>
    Unimplemented = 12,

    /// <summary>Broken bytes or a broken server.</summary>
    Internal = 13,

    /// <summary>Not now; perhaps later or elsewhere.</summary>
    Unavailable = 14,

    /// <summary>Data is lost for good.</summary>
    DataLoss = 15,

    /// <summary>The caller did not prove who it is.</summary>
    Unauthenticated = 16,
}

/// <summary>How a call ended.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">Words for it; etcd's clients compare them, so they are exact.</param>
public readonly record struct GrpcStatus(GrpcCode Code, string Message)
{
    /// <summary>Done.</summary>
    public static GrpcStatus Ok => new(GrpcCode.Ok, "");

    /// <summary>True for <see cref="Ok"/>.</summary>
    public bool IsOk => Code == GrpcCode.Ok;

    /// <summary>The code as the header's value, without an allocation.</summary>
    internal string CodeText => CodeTexts[(int)Code];

    /// <summary>
    /// The message as a header's value: UTF-8, everything but printable ASCII percent-encoded, as gRPC over HTTP/2
    /// wants.
    /// </summary>
    internal string EncodedMessage()
    {
        if (!Message.AsSpan().ContainsAnyExceptInRange(' ', '~') && !Message.Contains('%', StringComparison.Ordinal))
        {
            return Message;
        }
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(Message))
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'%')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }
        return text.ToString();
    }

    private static readonly string[] CodeTexts =
        [.. Enumerable.Range(0, 17).Select(i => i.ToString(CultureInfo.InvariantCulture))];
}
