using System.Globalization;
using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>Who answers: what every header says besides the revision.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="MemberId">This member.</param>
/// <param name="Round">The round of the highest ballot promised.</param>
internal readonly record struct Answerer(ulong ClusterId, ulong MemberId, ulong Round)
{
    /// <summary>The header as an object.</summary>
    public ResponseHeader Header(long revision) =>
        new() { ClusterId = ClusterId, MemberId = MemberId, RaftTerm = Round, Revision = revision };
}

/// <summary>Writes answers with their frame prefix into a buffer.</summary>
internal static class AnswerWriter
{
    /// <summary>The field of every answer that holds the header.</summary>
    public const int HeaderField = 1;

    /// <summary>Makes room for the frame's prefix; to be closed with <see cref="EndFrame"/>.</summary>
    /// <returns>Where the frame begins.</returns>
    public static int BeginFrame(PooledBuffer into)
    {
        var start = into.Length;
        into.Append(GrpcFrame.PrefixBytes);
        return start;
    }

    /// <summary>Fills in the frame's prefix.</summary>
    public static void EndFrame(PooledBuffer into, int start) => GrpcFrame.WritePrefix(
        into.At(start, GrpcFrame.PrefixBytes), into.Length - start - GrpcFrame.PrefixBytes);

    /// <summary>Writes a whole frame with a generated message.</summary>
    public static void Frame(PooledBuffer into, IMessage message)
    {
        var start = BeginFrame(into);
        message.WriteTo(into);
        EndFrame(into, start);
    }

    /// <summary>Bytes of the header's content.</summary>
    public static int HeaderLength(in Answerer answerer, long revision) =>
        ProtobufWriter.SizeOfField(1, (long)answerer.ClusterId) + ProtobufWriter.SizeOfField(2, (long)answerer.MemberId)
        + ProtobufWriter.SizeOfField(3, revision) + ProtobufWriter.SizeOfField(4, (long)answerer.Round);

    /// <summary>Writes the header field.</summary>
    public static void Header(PooledBuffer into, in Answerer answerer, long revision)
    {
        ProtobufWriter.Header(into, HeaderField, HeaderLength(answerer, revision));
        ProtobufWriter.Field(into, 1, (long)answerer.ClusterId);
        ProtobufWriter.Field(into, 2, (long)answerer.MemberId);
        ProtobufWriter.Field(into, 3, revision);
        ProtobufWriter.Field(into, 4, (long)answerer.Round);
    }
}
