using System.Buffers.Text;
using System.Text;
using Synod.Client.Http2;

namespace Synod.Client.Load;

/// <summary>What of a response's headers and trailers matters to the load generator.</summary>
internal struct ResponseHead : IHeaderSink
{
    public const int Absent = -1;

    private const int MessageBytesMax = 256;

    public ResponseHead()
    {
    }

    public int HttpStatus = Absent;
    public int GrpcStatus = Absent;
    public string? GrpcMessage;

    public void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 7 when name.SequenceEqual(":status"u8):
                HttpStatus = Number(value);
                break;
            case 11 when name.SequenceEqual("grpc-status"u8):
                GrpcStatus = Number(value);
                break;
            case 12 when name.SequenceEqual("grpc-message"u8) && !value.IsEmpty:
                GrpcMessage = Uri.UnescapeDataString(
                    Encoding.ASCII.GetString(value[..Math.Min(value.Length, MessageBytesMax)]));
                break;
            default:
                break;
        }
    }

    private static int Number(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out int number, out int consumed) && consumed == digits.Length ? number : Absent;
}
