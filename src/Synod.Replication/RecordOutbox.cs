using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Storage;
using Synod.Wire;

namespace Synod.Replication;

/// <summary>
/// The records of each turn on their way to the journal: gathered into batches, posted as the journal takes them, and
/// watched until they are durable.
/// </summary>
internal sealed class RecordOutbox(
    uint group, Replica replica, ReplicaOutput output, JournalMailboxes journal, LogCounters counters)
{
    private readonly ByteWriter _record = new();
    private readonly ByteWriter _carry = new(64);
    private readonly List<JournalBatch> _unposted = [];
    private Ballot _carried;
    private Slot _carriedLetGo;
    private ulong _oldestUnsyncedRecord;
    private int _recordsCounted;
    private long _bytesCounted;

    /// <summary>Every record up to this number is durable.</summary>
    public ulong PersistedUpTo { get; private set; } = output.LastRecord;

    /// <summary>Since when the oldest record that is not durable yet has waited.</summary>
    public Instant OldestUnsynced { get; private set; } = Instant.Never;

    /// <summary>Whether there is room for more, the records of this turn counted.</summary>
    public bool HasRoom => _unposted.Count <= UnpostedBatchesMax && BytesOfTurn() < TurnRecordBytesMax;

    /// <summary>The journal says so.</summary>
    public void Persisted(Instant now, ulong upTo)
    {
        Check.That(upTo >= PersistedUpTo);
        PersistedUpTo = upTo;
        if (upTo >= _oldestUnsyncedRecord)
        {
            // What was posted after the oldest record has waited for less: counting it from now on flatters the disk a
            // little, and never blames it falsely.
            OldestUnsynced = upTo >= output.LastRecord ? Instant.Never : now;
            _oldestUnsyncedRecord = output.LastRecord;
        }
    }

    /// <summary>Takes the records of the turn that ends.</summary>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="letGoUpTo">Snapshots stand for all slots up to here.</param>
    public void Write(Instant now, Slot letGoUpTo)
    {
        var count = output.Records.Count;
        if (count > 0)
        {
            var number = output.LastRecord - (ulong)count;
            foreach (var record in output.Records)
            {
                number++;
                _record.Clear();
                RecordCodec.Write(_record, record);
                var key = record.Kind is StateRecordKind.Accepted or StateRecordKind.Learned ? record.Slot.Number : 0;
                BatchFor(_record.Length).Add(
                    number, group, LogHost.Stream, replica.Configuration.Number, key, _record.Span);
            }
            counters.RecordsWritten += count;
            if (OldestUnsynced == Instant.Never)
            {
                OldestUnsynced = now;
                _oldestUnsyncedRecord = output.LastRecord;
            }
        }
        KeepCarry(letGoUpTo);
        PostBatches();
    }

    /// <summary>The turn is over: its records are not the turn's any more.</summary>
    public void EndTurn()
    {
        _recordsCounted = 0;
        _bytesCounted = 0;
    }

    /// <summary>What the turn has to write so far; each record is looked at once.</summary>
    private long BytesOfTurn()
    {
        for (; _recordsCounted < output.Records.Count; _recordsCounted++)
        {
            _bytesCounted += RecordBytesMin + output.Records[_recordsCounted].Decree.Value.Length;
        }
        return _bytesCounted;
    }

    /// <summary>
    /// Whatever batch a segment ends with, the next one opens with a carry that knows all promises before it: so every
    /// batch that is still here gets it. A carry may promise more than the records before it, never less.
    /// </summary>
    private void KeepCarry(Slot letGoUpTo)
    {
        if (replica.Promised == _carried && letGoUpTo == _carriedLetGo)
        {
            return;
        }
        _carried = replica.Promised;
        _carriedLetGo = letGoUpTo;
        _carry.Clear();
        LogRecovery.WriteCarry(_carry, replica.Configuration.Number, _carried, letGoUpTo);
        if (_unposted.Count == 0)
        {
            _unposted.Add(journal.Rent());
        }
        foreach (var batch in _unposted)
        {
            batch.SetCarry(_carry.Span);
            batch.LetGo(group, letGoUpTo.Number);
        }
    }

    /// <summary>
    /// The batch that is being gathered. While the disk is slow the records of many turns share it: what bounds the
    /// backlog is bytes, not turns, and a leader with a slow disk goes on leading on its followers' answers.
    /// </summary>
    private JournalBatch BatchFor(int payloadBytes)
    {
        if (_unposted.Count == 0 || !_unposted[^1].Fits(payloadBytes))
        {
            _unposted.Add(journal.Rent());
        }
        return _unposted[^1];
    }

    private void PostBatches()
    {
        var posted = 0;
        while (posted < _unposted.Count && journal.Batches.Count < BatchesAheadMax &&
            journal.Batches.TryPost(_unposted[posted]))
        {
            posted++;
            counters.BatchesWritten++;
        }
        _unposted.RemoveRange(0, posted);
    }

    /// <summary>Batches that wait at the journal: enough that it never has to wait for the core.</summary>
    private const int BatchesAheadMax = 4;

    /// <summary>Batches that wait here; past that the core takes no input until the disk has caught up.</summary>
    private const int UnpostedBatchesMax = 4;

    /// <summary>What one turn may have to write before it takes no more input; the last input may exceed it.</summary>
    private const long TurnRecordBytesMax = 8 << 20;

    /// <summary>A record without a value, with its header.</summary>
    private const int RecordBytesMin = 96;
}
