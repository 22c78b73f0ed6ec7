using Synod.Doors.Etcd.Hosting;
using Synod.Store;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>
/// Writes keys as the store shows them in the shape of <c>mvccpb.KeyValue</c>, without an object between.
/// </summary>
internal static class KeyValueCodec
{
    private const int KeyField = 1;
    private const int CreateRevisionField = 2;
    private const int ModRevisionField = 3;
    private const int VersionField = 4;
    private const int ValueField = 5;
    private const int LeaseField = 6;

    /// <summary>Bytes of the message's content.</summary>
    public static int Length(in KeyValueView view) =>
        ProtobufWriter.SizeOfField(KeyField, view.Key)
        + ProtobufWriter.SizeOfField(CreateRevisionField, view.CreateRevision)
        + ProtobufWriter.SizeOfField(ModRevisionField, view.ModRevision)
        + ProtobufWriter.SizeOfField(VersionField, view.Version)
        + ProtobufWriter.SizeOfField(ValueField, view.Value)
        + ProtobufWriter.SizeOfField(LeaseField, view.Lease);

    /// <summary>Writes the view as a message field.</summary>
    public static void Write(PooledBuffer into, int field, in KeyValueView view)
    {
        ProtobufWriter.Header(into, field, Length(view));
        ProtobufWriter.Field(into, KeyField, view.Key);
        ProtobufWriter.Field(into, CreateRevisionField, view.CreateRevision);
        ProtobufWriter.Field(into, ModRevisionField, view.ModRevision);
        ProtobufWriter.Field(into, VersionField, view.Version);
        ProtobufWriter.Field(into, ValueField, view.Value);
        ProtobufWriter.Field(into, LeaseField, view.Lease);
    }

    /// <summary>
    /// Writes what a delete leaves of a key, which is its name and the delete's revision, as a message field.
    /// </summary>
    public static void WriteTombstone(PooledBuffer into, int field, in KeyValueView view)
    {
        ProtobufWriter.Header(into, field, TombstoneLength(view));
        ProtobufWriter.Field(into, KeyField, view.Key);
        ProtobufWriter.Field(into, ModRevisionField, view.ModRevision);
    }

    /// <summary>Bytes of the content of <see cref="WriteTombstone"/>.</summary>
    public static int TombstoneLength(in KeyValueView view) =>
        ProtobufWriter.SizeOfField(KeyField, view.Key) + ProtobufWriter.SizeOfField(ModRevisionField, view.ModRevision);
}
