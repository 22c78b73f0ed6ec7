using System.Buffers.Binary;
using Google.Protobuf;

namespace Synod.Client.Etcd;

/// <summary>gRPC's length-prefixed messages.</summary>
internal static class GrpcFrames
{
    /// <summary>The longest answer taken; etcd itself sets no limit, a range can be long.</summary>
    public const int MessageBytesMax = 1 << 30;

    private const int PrefixBytes = 5;

    public static byte[] Encode(IMessage message)
    {
        byte[] frame = new byte[PrefixBytes + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - PrefixBytes);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    /// <summary>Reads the next message; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">Not gRPC, or not for this client.</exception>
    public static async ValueTask<T?> ReadAsync<T>(Stream stream, MessageParser<T> parser,
        CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        byte[] prefix = new byte[PrefixBytes];
        int read = await stream.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, cancellation)
            .ConfigureAwait(false);
        if (read == 0)
        {
            return null;
        }
        if (read < PrefixBytes)
        {
            throw new InvalidDataException("the answer ends inside a message");
        }
        if (prefix[0] != 0)
        {
            throw new InvalidDataException("the answer is compressed, which was not offered");
        }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > MessageBytesMax)
        {
            throw new InvalidDataException($"an answer of {length} bytes");
        }
        byte[] body = new byte[length];
        if (await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation)
            .ConfigureAwait(false) < body.Length)
        {
            throw new InvalidDataException("the answer ends inside a message");
        }
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException("the answer is not the expected message: " + exception.Message, exception);
        }
    }
}
