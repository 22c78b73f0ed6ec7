using System.Buffers;
using System.Buffers.Binary;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>What stands at the head of a request body.</summary>
internal enum FrameVerdict
{
    /// <summary>Not all of it is here yet.</summary>
    Incomplete,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>The message is compressed, which this door does not speak.</summary>
    Compressed,

    /// <summary>The flag byte is neither 0 nor 1: this is no gRPC.</summary>
    Malformed,

    /// <summary>The message is announced as larger than allowed; nothing of it need be read.</summary>
    TooLarge,
}

/// <summary>
/// Length-prefixed messages as gRPC over HTTP/2 frames them: one byte that says whether the message is compressed, four
/// bytes of length, highest first, then the message.
/// </summary>
internal static class GrpcFrame
{
    /// <summary>Length of the prefix in bytes.</summary>
    public const int PrefixBytes = 5;

    /// <summary>Looks at the head of <paramref name="buffer"/> and takes one message off it if it is whole.</summary>
    /// <param name="buffer">What has arrived; moved past the message that was taken.</param>
    /// <param name="messageBytesMax">The largest message allowed.</param>
    /// <param name="message">The message.</param>
    /// <param name="length">Its announced length.</param>
    public static FrameVerdict TryTake(
        ref ReadOnlySequence<byte> buffer, int messageBytesMax, out ReadOnlySequence<byte> message, out uint length)
    {
        message = default;
        length = 0;
        if (buffer.Length < PrefixBytes)
        {
            return FrameVerdict.Incomplete;
        }
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        if (prefix[0] > 1)
        {
            return FrameVerdict.Malformed;
        }
        length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)messageBytesMax)
        {
            return FrameVerdict.TooLarge;
        }
        if (prefix[0] == 1)
        {
            return FrameVerdict.Compressed;
        }
        if (buffer.Length < PrefixBytes + length)
        {
            return FrameVerdict.Incomplete;
        }
        message = buffer.Slice(PrefixBytes, length);
        buffer = buffer.Slice(PrefixBytes + length);
        return FrameVerdict.Message;
    }

    /// <summary>Writes the prefix of an uncompressed message.</summary>
    public static void WritePrefix(Span<byte> into, int length)
    {
        into[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(into[1..], (uint)length);
    }

    /// <summary>The status for a frame that cannot be taken.</summary>
    public static GrpcStatus Refusal(FrameVerdict verdict, uint length, int messageBytesMax) => verdict switch
    {
        FrameVerdict.Compressed => new(
            GrpcCode.Unimplemented, "grpc: compressed messages are not supported, send identity"),
        FrameVerdict.TooLarge => new(
            GrpcCode.ResourceExhausted, $"grpc: received message larger than max ({length} vs. {messageBytesMax})"),
        FrameVerdict.Malformed => new(GrpcCode.Internal, "grpc: malformed message frame"),
        _ => new(GrpcCode.Internal, "grpc: the request ended within a message"),
    };
}
