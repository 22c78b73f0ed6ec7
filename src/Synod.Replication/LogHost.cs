using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Storage;
using Synod.Wire;

namespace Synod.Replication;

/// <summary>Counters of a log host, for metrics; read from any thread, approximate.</summary>
public sealed class LogCounters
{
    /// <summary>Malformed packets dropped.</summary>
    public long MalformedPackets { get; internal set; }

    /// <summary>Packets that a peer's queue or link did not take.</summary>
    public long DroppedPackets { get; internal set; }

    /// <summary>Records handed to the journal.</summary>
    public long RecordsWritten { get; internal set; }

    /// <summary>Batches handed to the journal.</summary>
    public long BatchesWritten { get; internal set; }

    /// <summary>Write-and-sync operations reported by the journal.</summary>
    public long Syncs { get; internal set; }

    /// <summary>The last reported time of a write and sync, microseconds.</summary>
    public long LastSyncMicroseconds { get; internal set; }

    /// <summary>The longest reported time of a write and sync, microseconds.</summary>
    public long LongestSyncMicroseconds { get; internal set; }

    /// <summary>Sum of the reported times, microseconds.</summary>
    public long SyncMicroseconds { get; internal set; }
}

/// <summary>
/// Carries out what the replica asks: one batch to the journal and one packet per peer and lane in each turn; messages
/// that depend on the disk leave when the journal says so. A pump: nothing here waits.
/// </summary>
public sealed class LogHost
{
    private readonly record struct WaitingRead(JournalRead Read, ulong After);

    /// <summary>The journal stream of the log.</summary>
    public const byte Stream = 1;

    private readonly JournalMailboxes _journal;
    private readonly IPeers _peers;
    private readonly PacketOutbox _outbox;
    private readonly uint _group;
    private readonly ByteWriter _record = new();
    private readonly ByteWriter _carry = new(64);
    private readonly List<JournalBatch> _unposted = [];
    private readonly Queue<WaitingRead> _reads = new();
    private NodeId _readingFor;
    private ulong _readId;
    private ulong _persistedUpTo;
    private Ballot _carried;
    private Slot _carriedLetGo;
    private Instant _oldestUnsynced = Instant.Never;
    private ulong _oldestUnsyncedRecord;
    private int _recordsCounted;
    private long _bytesCounted;

    /// <summary>Makes the host of a replica whose journal is already recovered.</summary>
    /// <param name="group">Which log.</param>
    /// <param name="replica">The replica, recovered.</param>
    /// <param name="output">Its output, numbered on from the journal.</param>
    /// <param name="journal">The way to the journal.</param>
    /// <param name="peers">The way to the peers.</param>
    public LogHost(uint group, Replica replica, ReplicaOutput output, JournalMailboxes journal, IPeers peers)
    {
        _group = group;
        _journal = journal;
        _peers = peers;
        Replica = replica;
        Output = output;
        _persistedUpTo = output.LastRecord;
        var batch = journal.Rent();
        Check.That(batch.Fits(RecordFieldsBytesMax + replica.CommandBytesMax)); // Or a command could stop the journal.
        journal.Spent.TryPost(batch);
        var incarnation = replica.Configuration.IncarnationOf(replica.Self);
        _outbox = new PacketOutbox(peers, new PacketHeader(group, replica.Configuration.Number, incarnation));
    }

    /// <summary>The options of a replica over such a journal: no command is longer than one batch can hold.</summary>
    public static ReplicaOptions Within(JournalOptions journal, ReplicaOptions options) => options with
    {
        CommandBytesMax = Math.Min(
            options.CommandBytesMax, journal.BatchBytesMax - RecordFieldsBytesMax - RecordFrameBytesMax),
    };

    /// <summary>The replica.</summary>
    public Replica Replica { get; }

    /// <summary>
    /// The turn's output: decrees, reads and events are the caller's to take before <see cref="EndTurn"/>.
    /// </summary>
    public ReplicaOutput Output { get; }

    /// <summary>Counters.</summary>
    public LogCounters Counters { get; } = new();

    /// <summary>Why the journal stopped, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Why writes are refused for now, or null: the disk is full.</summary>
    public string? NoSpace { get; private set; }

    /// <summary>
    /// Slots up to here are not in the journal any more, as far as this node says: snapshots stand for them.
    /// </summary>
    public Slot LetGoUpTo { get; private set; }

    /// <summary>
    /// Peers that asked for decrees which only a snapshot can give them; the caller takes them each turn.
    /// </summary>
    public List<NodeId> SnapshotsWanted { get; } = [];

    /// <summary>Snapshots stand for all slots up to here: the journal may let go of them.</summary>
    public void LetGo(Slot upTo)
    {
        LetGoUpTo = Slot.Max(LetGoUpTo, upTo);
        Replica.Forget(LetGoUpTo);
    }

    /// <summary>
    /// Whether the journal has room, the records of this turn counted. Without it the caller takes nothing that makes
    /// records of any size: no data from peers, no commands. Heartbeats and phase 1 it goes on taking.
    /// </summary>
    public bool CanTakeInput => _unposted.Count <= UnpostedBatchesMax && BytesOfTurn() < TurnRecordBytesMax;

    /// <summary>Since when the oldest record that is not durable yet has waited.</summary>
    public Instant OldestUnsynced => _oldestUnsynced;

    /// <summary>Packets that wait for the disk.</summary>
    public int HeldPackets => _outbox.HeldPackets;

    /// <summary>A packet from a peer.</summary>
    public void TakePacket(Instant now, NodeId from, ReadOnlyMemory<byte> packet)
    {
        if (!MessageCodec.TryDeliver(packet, from, now, Replica, Output))
        {
            Counters.MalformedPackets++;
            _peers.Refuse(from, "malformed packet: the peer speaks another format or the network damaged it");
        }
    }

    /// <summary>Takes what the journal has to say.</summary>
    public void TakeJournalEvents(Instant now)
    {
        while (_journal.Events.TryTake(out var e))
        {
            switch (e.Kind)
            {
                case JournalEventKind.Persisted:
                    Persisted(now, e);
                    break;
                case JournalEventKind.Fault:
                    Fault = e.Text;
                    break;
                case JournalEventKind.NoSpace:
                    NoSpace = e.Text;
                    break;
                case JournalEventKind.SpaceAgain:
                    NoSpace = null;
                    break;
                case JournalEventKind.Read:
                    SendReadBack(e.Read!);
                    break;
                default:
                    Check.Fail($"journal event {e.Kind}");
                    break;
            }
        }
    }

    /// <summary>Ends the replica's turn; afterwards <see cref="Output"/> is complete.</summary>
    /// <returns>When the next turn is due.</returns>
    public Instant Finish(Instant now, ulong draw) => Replica.Finish(now, draw, Output);

    /// <summary>Hands records and messages of the turn on and clears the output.</summary>
    public void EndTurn(Instant now)
    {
        if (Fault is null)
        {
            WriteRecords(now);
            _outbox.Add(Output, _persistedUpTo);
            _outbox.Flush();
            Counters.DroppedPackets = _outbox.Dropped;
            ReadJournal();
        }
        Output.Clear();
        _recordsCounted = 0;
        _bytesCounted = 0;
    }

    /// <summary>What the turn has to write so far; each record is looked at once.</summary>
    private long BytesOfTurn()
    {
        for (; _recordsCounted < Output.Records.Count; _recordsCounted++)
        {
            _bytesCounted += RecordBytesMin + Output.Records[_recordsCounted].Decree.Value.Length;
        }
        return _bytesCounted;
    }

    private void Persisted(Instant now, in JournalEvent e)
    {
        Check.That(e.UpTo >= _persistedUpTo);
        _persistedUpTo = e.UpTo;
        if (e.UpTo >= _oldestUnsyncedRecord)
        {
            // What was posted after the oldest record has waited for less: counting it from now on flatters the disk a
            // little, and never blames it falsely.
            _oldestUnsynced = e.UpTo >= Output.LastRecord ? Instant.Never : now;
            _oldestUnsyncedRecord = Output.LastRecord;
        }
        var took = (long)e.Took.TotalMicroseconds;
        Counters.Syncs++;
        Counters.LastSyncMicroseconds = took;
        Counters.SyncMicroseconds += took;
        Counters.LongestSyncMicroseconds = Math.Max(Counters.LongestSyncMicroseconds, took);
        _outbox.Release(e.UpTo);
        Replica.Persisted(now, e.UpTo, Output);
    }

    private void WriteRecords(Instant now)
    {
        var count = Output.Records.Count;
        if (count > 0)
        {
            var number = Output.LastRecord - (ulong)count;
            foreach (var record in Output.Records)
            {
                number++;
                _record.Clear();
                RecordCodec.Write(_record, record);
                var key = record.Kind is StateRecordKind.Accepted or StateRecordKind.Learned ? record.Slot.Number : 0;
                BatchFor(_record.Length).Add(
                    number, _group, Stream, Replica.Configuration.Number, key, _record.Span);
            }
            Counters.RecordsWritten += count;
            if (_oldestUnsynced == Instant.Never)
            {
                _oldestUnsynced = now;
                _oldestUnsyncedRecord = Output.LastRecord;
            }
        }
        KeepCarry();
        PostBatches();
    }

    /// <summary>
    /// Whatever batch a segment ends with, the next one opens with a carry that knows all promises before it: so every
    /// batch that is still here gets it. A carry may promise more than the records before it, never less.
    /// </summary>
    private void KeepCarry()
    {
        if (Replica.Promised == _carried && LetGoUpTo == _carriedLetGo)
        {
            return;
        }
        _carried = Replica.Promised;
        _carriedLetGo = LetGoUpTo;
        _carry.Clear();
        LogRecovery.WriteCarry(_carry, Replica.Configuration.Number, _carried, LetGoUpTo);
        if (_unposted.Count == 0)
        {
            _unposted.Add(_journal.Rent());
        }
        foreach (var batch in _unposted)
        {
            batch.SetCarry(_carry.Span);
            batch.LetGo(_group, LetGoUpTo.Number);
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
            _unposted.Add(_journal.Rent());
        }
        return _unposted[^1];
    }

    private void PostBatches()
    {
        var posted = 0;
        while (posted < _unposted.Count && _journal.Batches.Count < BatchesAheadMax &&
            _journal.Batches.TryPost(_unposted[posted]))
        {
            posted++;
            Counters.BatchesWritten++;
        }
        _unposted.RemoveRange(0, posted);
    }

    private void ReadJournal()
    {
        foreach (var read in Output.JournalReads)
        {
            if (read.First <= Slot.Max(LetGoUpTo, Replica.SnapshotFloor))
            {
                SnapshotsWanted.Add(read.To);
            }
            else if (_reads.Count < ReadsWaitingMax && !IsWaiting(read.To))
            {
                _reads.Enqueue(new WaitingRead(read, Output.LastRecord));
            }
        }
        // A slot that has just left memory may still have its last record under way to the disk, and what the journal
        // would show until then is an older acceptance, of a decree that was perhaps never chosen.
        if (_readingFor == NodeId.None && _reads.TryPeek(out var next) && next.After <= _persistedUpTo)
        {
            _reads.Dequeue();
            if (_journal.Reads.TryPost(new JournalReadRequest(
                ++_readId, _group, next.Read.First.Number, next.Read.Last.Number, ReadBytesMax)))
            {
                _readingFor = next.Read.To;
            }
        }
    }

    /// <summary>
    /// A peer asks for one range at a time: one that asks again while it waits has only lost patience.
    /// </summary>
    private bool IsWaiting(NodeId peer)
    {
        foreach (var waiting in _reads)
        {
            if (waiting.Read.To == peer)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// Old decrees for a peer. At or below the floor the latest record of a slot holds what was chosen there.
    /// </summary>
    private void SendReadBack(JournalReadResult result)
    {
        if (result.Id != _readId || _readingFor == NodeId.None)
        {
            return;
        }
        for (var i = 0; i < result.Records.Count; i++)
        {
            var read = result.Records[i];
            var known = RecordCodec.TryRead(read.Payload, out var record);
            Check.That(known && record.Slot.Number == read.Key && record.Slot <= Replica.ChosenUpTo);
            if (record.Slot <= Replica.SnapshotFloor)
            {
                continue; // A snapshot came while it was read: this may be an acceptance that was never chosen.
            }
            Output.SendLearned(_readingFor, new Learn(record.Slot, record.Decree, i == result.Records.Count - 1));
        }
        if (result.Damage is { } damage)
        {
            // Chosen values can be had from others; the operator must know all the same.
            Damaged = damage;
        }
        _readingFor = NodeId.None;
    }

    /// <summary>The last damage found while old records were read back, or null.</summary>
    public string? Damaged { get; private set; }

    /// <summary>Batches that wait at the journal: enough that it never has to wait for the core.</summary>
    private const int BatchesAheadMax = 4;

    /// <summary>Batches that wait here; past that the core takes no input until the disk has caught up.</summary>
    private const int UnpostedBatchesMax = 4;

    /// <summary>What one turn may have to write before it takes no more input; the last input may exceed it.</summary>
    private const long TurnRecordBytesMax = 8 << 20;

    /// <summary>A record without a value, with its header.</summary>
    private const int RecordBytesMin = 96;
    private const int ReadBytesMax = 4 << 20;

    /// <summary>Bytes of a record of the log beside the command in it.</summary>
    private const int RecordFieldsBytesMax = 64;

    /// <summary>Bytes that the journal puts around a record.</summary>
    private const int RecordFrameBytesMax = 128;
    private const int ReadsWaitingMax = 64;
}
