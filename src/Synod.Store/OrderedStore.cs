using Synod.Paxos;
using Synod.Ports;

namespace Synod.Store;

/// <summary>
/// The ordered multi-version store: keys in byte order, every change at a revision of the whole store, reads at present
/// and past revisions, transactions, and the history for watchers. It has one owner: the actor that applies the log.
/// Whatever reads hand out lies in the store's memory and is good until the call returns.
/// </summary>
public sealed partial class OrderedStore : IStateMachine
{
    /// <summary>
    /// How many old events each applied command helps to forget after a compaction: more than a command makes as a
    /// rule, so that forgetting overtakes writing, and few enough to take microseconds.
    /// </summary>
    public const int ReclaimedPerCommand = 64;

    private readonly KeySpace _space;
    private readonly RangeReader _ranges;
    private readonly EventReader _events;
    private readonly OperationRunner _operations;
    private readonly TxnRunner _transactions;
    private readonly LeaseRunner _leases;

    /// <summary>An empty store, at revision 1.</summary>
    public OrderedStore()
        : this(new KeySpace(), 0)
    {
    }

    internal OrderedStore(KeySpace space, ulong storeTimeMicroseconds)
    {
        StoreTimeMicroseconds = storeTimeMicroseconds;
        _space = space;
        _ranges = new RangeReader(_space);
        _events = new EventReader(_space);
        _operations = new OperationRunner(_space, _ranges);
        _transactions = new TxnRunner(_space, _operations);
        _leases = new LeaseRunner(_space);
    }

    /// <summary>The revision of the last request that changed something; 1 if none did.</summary>
    public long CurrentRevision => _space.Revision;

    /// <summary>The oldest revision that can be read; -1 before the first compaction.</summary>
    public long CompactedRevision => _space.CompactedRevision;

    /// <summary>Keys that exist now.</summary>
    public long KeyCount => _space.Index.LiveKeys;

    /// <summary>What the store holds from the runtime, and how much of it is in use.</summary>
    public StoreSize Size => new(
        _space.Bytes.AllocatedBytes + _space.Versions.AllocatedBytes + _space.Events.AllocatedBytes
            + _space.Index.AllocatedBytes + _space.Leases.AllocatedBytes,
        _space.Bytes.UsedBytes + _space.Versions.UsedBytes + _space.Index.UsedBytes
            + ((_space.Events.End - _space.Events.First) * sizeof(uint)),
        _space.Bytes.Arrays + _space.Versions.Arrays + _space.Events.Arrays + _space.Index.Arrays
            + _space.Leases.Arrays);

    /// <inheritdoc/>
    public Slot DurableUpTo => Slot.Zero;

    /// <summary>
    /// A sum over all effects: of each version made its key, value, revisions and lease, of each compaction its
    /// revision, and of each lease its beginning, renewals and end. Each is mixed into the sum before it, so equal sums mean the same effects in the same order; a command
    /// without effect leaves it alone.
    /// </summary>
    public ulong EffectSum => _space.EffectSum;

    /// <inheritdoc/>
    public uint FormatVersion => 1;

    /// <summary>The position after the last event: a watcher who starts here sees what comes next.</summary>
    public EventPosition HistoryEnd => _events.End;

    /// <inheritdoc/>
    public Outcome? Apply(
        uint group, Slot slot, ulong storeTimeMicroseconds, ReadOnlySpan<byte> command, bool wantOutcome)
    {
        _space.Reclaim(ReclaimedPerCommand);
        StoreTimeMicroseconds = storeTimeMicroseconds;
        _passedMicroseconds = 0;
        StoreError error = CommandValidation.ValidateForApply(command);
        error = error == StoreError.None ? _space.Alarms.Judge(command) : error;
        StoreOutcome? outcome = null;
        if (error == StoreError.None)
        {
            _space.Begin();
            outcome = CarryOut(command, wantOutcome, out error);
            _space.Commit();
        }
        return wantOutcome && error != StoreError.None ? new ErrorOutcome(_space.Revision, error) : outcome;
    }

    /// <summary>Carries out a transaction that only reads, without the log.</summary>
    /// <param name="command">
    /// A valid command for which <see cref="CommandValidation.IsReadOnly"/> holds; others are refused.
    /// </param>
    public StoreOutcome ReadTransaction(ReadOnlySpan<byte> command)
    {
        StoreError error = CommandValidation.ValidateForApply(command);
        if (error == StoreError.None && !CommandValidation.IsReadOnly(command))
        {
            error = StoreError.NotReadOnly;
        }
        StoreOutcome? outcome = error == StoreError.None ? CarryOut(command, true, out error) : null;
        return outcome ?? new ErrorOutcome(_space.Revision, error);
    }

    /// <summary>Reads an interval at present or at a past revision.</summary>
    /// <typeparam name="TSink">What takes the keys.</typeparam>
    /// <param name="query">What to read.</param>
    /// <param name="sink">Gets each key, in the order asked for.</param>
    public RangeResult Range<TSink>(in RangeQuery query, ref TSink sink)
        where TSink : IKeyValueSink, allows ref struct => _ranges.Read(in query, ref sink);

    /// <summary>Where to read the history from, to see everything from a revision on.</summary>
    /// <param name="fromRevision">
    /// The first revision of interest; one not reached yet gives the end of the history.
    /// </param>
    /// <param name="position">Where its first event stands.</param>
    /// <returns>False if the revision is older than <see cref="CompactedRevision"/>.</returns>
    public bool TryFindEvents(long fromRevision, out EventPosition position) =>
        _events.TryFind(fromRevision, out position);

    /// <summary>
    /// Hands out events in their order. The events of one revision always come together. A reader that has kept up gets
    /// the events of the last command this way without any search.
    /// </summary>
    /// <typeparam name="TSink">What takes the events.</typeparam>
    /// <param name="position">Where to begin; moved behind what was handed out.</param>
    /// <param name="sink">Gets the events.</param>
    /// <param name="eventsMax">After so many it stops at the next border of revisions.</param>
    /// <returns>False if compaction has forgotten what is there.</returns>
    public bool TryReadEvents<TSink>(ref EventPosition position, ref TSink sink, int eventsMax)
        where TSink : IEventSink, allows ref struct => _events.TryRead(ref position, ref sink, eventsMax);

    /// <summary>
    /// Goes on at a revision so much higher, and compacts what is before it: for a store that was restored from a backup,
    /// behind whose back higher revisions may have been seen already.
    /// </summary>
    /// <param name="count">How many revisions are skipped; 0 changes nothing.</param>
    public void SkipRevisions(long count) => _space.SkipRevisions(count);

    /// <summary>Forgets all alarms: for a store that becomes another cluster's, whose members they do not name.</summary>
    public void ForgetAlarms() => _space.Alarms.ForgetAll();

    /// <summary>
    /// Opens a cursor over all that can be read now, to be written out while commands go on; until it is closed nothing of
    /// that is forgotten.
    /// </summary>
    public StoreCursor OpenCursor() => new(_space, StoreTimeMicroseconds);

    /// <summary>Takes the next piece of the store into a sum.</summary>
    /// <param name="hash">The sum so far.</param>
    /// <param name="versionsMax">About how many keys and versions to go through now.</param>
    public void Hash(HistoryHash hash, int versionsMax) => hash.Step(_space, versionsMax);

    /// <summary>After a compaction: forgets some of what is out of use, now rather than with the next commands.</summary>
    /// <param name="eventsMax">How many old events to go through.</param>
    /// <returns>Whether there is more to forget.</returns>
    public bool Reclaim(int eventsMax)
    {
        _space.Reclaim(eventsMax);
        return _space.CanReclaim;
    }

    private StoreOutcome? CarryOut(ReadOnlySpan<byte> command, bool wantOutcome, out StoreError error)
    {
        var reader = new CommandReader(command);
        error = StoreError.None;
        switch (reader.Begin())
        {
            case CommandKind.Put:
                PutOperation put = reader.Put();
                error = _operations.Judge(in put, inTxn: false);
                return error == StoreError.None ? _operations.Put(in put, wantOutcome) : null;
            case CommandKind.DeleteRange:
                return _operations.Delete(reader.DeleteRange(), wantOutcome);
            case CommandKind.Txn:
                return _transactions.Run(reader, wantOutcome, out error);
            case CommandKind.Compact:
                error = _space.Compact(reader.Compact());
                return error == StoreError.None && wantOutcome ? new CompactOutcome(_space.Revision) : null;
            case CommandKind.AlarmRaise:
                return CarryOutAlarm(CommandKind.AlarmRaise, reader.Alarm(), wantOutcome, out error);
            case CommandKind.AlarmClear:
                return CarryOutAlarm(CommandKind.AlarmClear, reader.Alarm(), wantOutcome, out error);
            default:
                return CarryOutLease(command, wantOutcome, out error);
        }
    }
}

/// <summary>The size of a store in memory.</summary>
/// <param name="AllocatedBytes">Bytes held from the runtime.</param>
/// <param name="UsedBytes">Bytes of these that hold something.</param>
/// <param name="Arrays">In how many arrays: what the garbage collector has to look at.</param>
public readonly record struct StoreSize(long AllocatedBytes, long UsedBytes, int Arrays);
