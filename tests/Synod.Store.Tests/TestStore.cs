using System.Text;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Store.Tests;

/// <summary>A store that takes operations and answers in text, one line for everything there is to see.</summary>
internal sealed class TestStore
{
    private ulong _slot;

    public TestStore()
        : this(new OrderedStore())
    {
    }

    public TestStore(OrderedStore store) => Store = store;

    public OrderedStore Store { get; }

    /// <summary>Store time in seconds.</summary>
    public ulong Seconds { get; set; }

    public StoreOutcome Run(Operation operation) => Run(operation.ToCommand());

    public StoreOutcome Run(byte[] command) => (StoreOutcome)Store.Apply(0, new Slot(++_slot), Seconds * 1_000_000, command, true)!;

    public void RunUnwatched(byte[] command) => Store.Apply(0, new Slot(++_slot), Seconds * 1_000_000, command, false);

    public string Answer(Operation operation) => Answer(Run(operation));

    public string Read(Get get)
    {
        var sink = new TextSink(new StringBuilder());
        RangeQuery query = get.ToQuery();
        RangeResult result = Store.Range(in query, ref sink);
        return result.Error != StoreError.None
            ? $"error {result.Error} @{result.Revision}"
            : $"range [{sink.Text}] count {result.Count} more {result.More} @{result.Revision}";
    }

    public string Keys(string from = "\0", string end = "\0", long revision = 0)
    {
        var sink = new KeySink([]);
        RangeQuery query = new Get(from, end) { Revision = revision }.ToQuery();
        Store.Range(in query, ref sink);
        return string.Join(' ', sink.Found);
    }

    public string Events(long from, int eventsMax = int.MaxValue)
    {
        if (!Store.TryFindEvents(from, out EventPosition position))
        {
            return "compacted";
        }
        var sink = new EventSink(new StringBuilder());
        Assert.True(Store.TryReadEvents(ref position, ref sink, eventsMax));
        return sink.Text.ToString().Trim();
    }

    public static string Answer(StoreOutcome outcome) => outcome switch
    {
        ErrorOutcome error => $"error {error.Error} @{error.Revision}",
        PutOutcome put => $"put {(put.Previous is null ? "-" : Of(put.Previous))} @{put.Revision}",
        DeleteOutcome delete => $"deleted {delete.Deleted} [{string.Concat(delete.Previous.Select(Of))}] @{delete.Revision}",
        RangeOutcome range =>
            $"range [{string.Concat(range.KeyValues.Select(Of))}] count {range.Count} more {range.More} @{range.Revision}",
        TxnOutcome txn => $"txn {txn.Succeeded} ({string.Join("; ", txn.Responses.Select(Answer))}) @{txn.Revision}",
        CompactOutcome compact => $"compacted @{compact.Revision}",
        LeaseGrantOutcome grant => $"granted {grant.Id} {grant.TtlSeconds} @{grant.Revision}",
        LeaseRevokeOutcome revoke => $"revoked @{revoke.Revision}",
        LeaseRenewOutcome renew => $"renewed {string.Join(' ', renew.TtlSeconds)} @{renew.Revision}",
        LeaseExpireOutcome expire => $"expired {expire.Ended} @{expire.Revision}",
        AlarmOutcome alarm => $"alarms [{string.Join(' ', alarm.Alarms.Select(a => $"{a.Member}:{a.Kind}"))}] @{alarm.Revision}",
        _ => throw new InvalidOperationException(),
    };

    /// <summary>All leases with what is left of them and their keys.</summary>
    public string Leases() => string.Join('\n', Store.Leases().Select(lease =>
        $"{lease.Id} {lease.TtlSeconds} {lease.RemainingMicroseconds / 1_000_000} "
        + $"[{string.Join(' ', Store.KeysOfLease(lease.Id).Select(key => Operation.Text(key.Span)))}]"));

    public static string Line(string key, string value, long create, long mod, long version, long lease) =>
        $"<{key}={value} c{create} m{mod} v{version} l{lease}>";

    private static string Of(KeyValue kv) => Line(
        Operation.Text(kv.Key.Span), Operation.Text(kv.Value.Span), kv.CreateRevision, kv.ModRevision, kv.Version, kv.Lease);

    private static string Of(KeyValueView kv) => Line(
        Operation.Text(kv.Key), Operation.Text(kv.Value), kv.CreateRevision, kv.ModRevision, kv.Version, kv.Lease);

    private readonly record struct TextSink(StringBuilder Text) : IKeyValueSink
    {
        public void Take(in KeyValueView keyValue) => Text.Append(Of(keyValue));
    }

    private readonly record struct KeySink(List<string> Found) : IKeyValueSink
    {
        public void Take(in KeyValueView keyValue) => Found.Add(Operation.Text(keyValue.Key));
    }

    private readonly record struct EventSink(StringBuilder Text) : IEventSink
    {
        public void Take(in EventView e)
        {
            Text.Append(e.IsDelete ? "DELETE " : "PUT ").Append(Of(e.KeyValue));
            if (e.TryGetPrevious(out KeyValueView previous))
            {
                Text.Append(" was ").Append(Of(previous));
            }
            Text.Append('\n');
        }
    }
}
