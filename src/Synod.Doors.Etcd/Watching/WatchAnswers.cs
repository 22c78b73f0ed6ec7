using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Watching;

/// <summary>Frames of <c>WatchResponse</c>.</summary>
internal static class WatchAnswers
{
    /// <summary>The watch id that speaks of the whole stream, or of no watcher.</summary>
    public const long NoWatcher = -1;

    private const int WatchIdField = 2;
    private const int FragmentField = 7;
    private const int EventField = 11;
    private const int EventTypeField = 1;
    private const int EventKeyField = 2;
    private const int EventPreviousField = 3;
    private const long DeleteType = 1;

    /// <summary>A whole frame of a message without events.</summary>
    public static PooledBuffer Frame(WatchResponse response)
    {
        var frame = new PooledBuffer();
        AnswerWriter.Frame(frame, response);
        return frame;
    }

    /// <summary>Begins a frame of events. Its other fields come after them: their order is free in protobuf.</summary>
    public static PooledBuffer BeginEvents()
    {
        var frame = new PooledBuffer();
        AnswerWriter.BeginFrame(frame);
        return frame;
    }

    /// <summary>Ends a frame of events.</summary>
    public static void EndEvents(PooledBuffer frame, in Answerer answerer, long revision, long watchId, bool moreFollow)
    {
        AnswerWriter.Header(frame, answerer, revision);
        ProtobufWriter.Field(frame, WatchIdField, watchId);
        ProtobufWriter.Field(frame, FragmentField, moreFollow ? 1 : 0);
        AnswerWriter.EndFrame(frame, 0);
    }

    /// <summary>Adds an event.</summary>
    public static void Event(PooledBuffer frame, in EventView e, bool withPrevious)
    {
        KeyValueView previous = default;
        var hasPrevious = withPrevious && e.TryGetPrevious(out previous);
        var previousField =
            hasPrevious ? ProtobufWriter.SizeOfMessage(EventPreviousField, KeyValueCodec.Length(previous)) : 0;
        if (e.IsDelete)
        {
            var content = ProtobufWriter.SizeOfField(EventTypeField, DeleteType)
                + ProtobufWriter.SizeOfMessage(EventKeyField, KeyValueCodec.TombstoneLength(e.KeyValue));
            ProtobufWriter.Header(frame, EventField, content + previousField);
            ProtobufWriter.Field(frame, EventTypeField, DeleteType);
            KeyValueCodec.WriteTombstone(frame, EventKeyField, e.KeyValue);
        }
        else
        {
            var length = ProtobufWriter.SizeOfMessage(EventKeyField, KeyValueCodec.Length(e.KeyValue));
            ProtobufWriter.Header(frame, EventField, length + previousField);
            KeyValueCodec.Write(frame, EventKeyField, e.KeyValue);
        }
        if (hasPrevious)
        {
            KeyValueCodec.Write(frame, EventPreviousField, previous);
        }
    }
}
