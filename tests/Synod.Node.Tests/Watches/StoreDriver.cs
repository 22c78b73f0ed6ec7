using System.Buffers;
using System.Text;
using Synod.Paxos;
using Synod.Store;

namespace Synod.Node.Tests;

/// <summary>A store with few words to write to it, and a dumb list of every event there ever was.</summary>
internal sealed class StoreDriver
{
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private ulong _slot;

    public OrderedStore Store { get; } = new();

    /// <summary>Every event, by revision.</summary>
    public List<(long Revision, string Key, bool IsDelete)> Events { get; } = [];

    public void Put(params string[] keys)
    {
        var revision = Store.CurrentRevision + 1;
        var command = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(command);
        writer.Begin();
        if (keys.Length != 1)
        {
            writer.Txn(new TxnShape(0, keys.Length, 0));
        }
        foreach (var key in keys)
        {
            writer.Put(new PutOperation { Key = Bytes(key), Value = "v"u8 });
            Events.Add((revision, key, false));
            _keys.Add(key);
        }
        Apply(command);
        Assert.Equal(revision, Store.CurrentRevision);
    }

    public void Delete(string first, string end)
    {
        var deleted = _keys.Where(key =>
            string.CompareOrdinal(key, first) >= 0 && string.CompareOrdinal(key, end) < 0).ToList();
        var revision = Store.CurrentRevision + (deleted.Count > 0 ? 1 : 0);
        foreach (var key in deleted)
        {
            Events.Add((revision, key, true));
            _keys.Remove(key);
        }
        var command = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(command);
        writer.Begin();
        writer.DeleteRange(new DeleteOperation { Key = Bytes(first), RangeEnd = Bytes(end) });
        Apply(command);
        Assert.Equal(revision, Store.CurrentRevision);
    }

    public void Compact(long revision)
    {
        var command = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(command);
        writer.Begin();
        writer.Compact(revision);
        Apply(command);
        while (Store.Reclaim(1_000))
        {
            // All at once: nothing of it may be seen afterwards.
        }
    }

    /// <summary>What a watcher of that range must have seen from a revision on.</summary>
    public List<string> Expected(WatchRange range, long fromRevision) =>
    [
        .. Events.Where(e => e.Revision >= fromRevision && range.Contains(Bytes(e.Key)))
            .Select(e => RecordingWatcher.Name(e.Revision, e.Key, e.IsDelete)),
    ];

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private void Apply(ArrayBufferWriter<byte> command)
    {
        var outcome = Store.Apply(0, new Slot(++_slot), 0, command.WrittenSpan, wantOutcome: true);
        Assert.IsNotType<ErrorOutcome>(outcome);
    }
}
