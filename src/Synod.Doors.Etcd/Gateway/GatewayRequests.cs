using System.IO.Pipelines;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>Requests on their way from JSON into the frames that a method reads.</summary>
/// <param name="valueBytesMax">The longest JSON value.</param>
internal sealed class GatewayRequests(int valueBytesMax)
{
    /// <summary>How much may wait for a method to read it.</summary>
    public int ValueBytesMax => valueBytesMax;

    /// <summary>Passes the next request on; null when the client has said all.</summary>
    public async ValueTask<GrpcStatus?> PassNextAsync(
        PipeReader reader, GatewayRoute route, PipeWriter requests, CancellationToken gone)
    {
        while (true)
        {
            var read = await reader.ReadAsync(gone).ConfigureAwait(false);
            var buffer = read.Buffer;
            var found = GatewayJson.TryTake(ref buffer, read.IsCompleted, out var value, out var problem);
            var tooLarge = !found && buffer.Length > valueBytesMax;
            reader.AdvanceTo(buffer.Start, found ? buffer.Start : buffer.End);
            if (found)
            {
                if (!GatewayJson.TryParse(value, route.Descriptor.InputType, out var message, out problem))
                {
                    return new GrpcStatus(GrpcCode.InvalidArgument, problem);
                }
                Pass(message, requests);
                await requests.FlushAsync(gone).ConfigureAwait(false);
                return GrpcStatus.Ok;
            }
            if (problem is not null)
            {
                return new GrpcStatus(GrpcCode.InvalidArgument, problem);
            }
            if (tooLarge)
            {
                return new GrpcStatus(GrpcCode.ResourceExhausted, $"a value of more than {valueBytesMax} bytes");
            }
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>No body at all is a request without any field.</summary>
    public static GrpcStatus PassEmpty(PipeWriter requests)
    {
        Pass([], requests);
        return GrpcStatus.Ok;
    }

    private static void Pass(byte[] message, PipeWriter requests)
    {
        var frame = requests.GetSpan(GrpcFrame.PrefixBytes + message.Length);
        GrpcFrame.WritePrefix(frame[..GrpcFrame.PrefixBytes], message.Length);
        message.CopyTo(frame[GrpcFrame.PrefixBytes..]);
        requests.Advance(GrpcFrame.PrefixBytes + message.Length);
    }
}
