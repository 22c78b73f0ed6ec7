using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Storage;
using Synod.Wire;

namespace Synod.Replication;

/// <summary>
/// Carries out what the replica asks: one batch to the journal and one packet per peer and lane in each turn; messages
/// that depend on the disk leave when the journal says so. A pump: nothing here waits.
/// </summary>
public sealed class LogHost
{
    /// <summary>The journal stream of the log.</summary>
    public const byte Stream = 1;

    private readonly JournalMailboxes _journal;
    private readonly IPeers _peers;
    private readonly PacketOutbox _packets;
    private readonly RecordOutbox _records;
    private readonly ReadBack _readBack;

    /// <summary>Makes the host of a replica whose journal is already recovered.</summary>
    /// <param name="group">Which log.</param>
    /// <param name="replica">The replica, recovered.</param>
    /// <param name="output">Its output, numbered on from the journal.</param>
    /// <param name="journal">The way to the journal.</param>
    /// <param name="peers">The way to the peers.</param>
    public LogHost(uint group, Replica replica, ReplicaOutput output, JournalMailboxes journal, IPeers peers)
    {
        _journal = journal;
        _peers = peers;
        Replica = replica;
        Output = output;
        var batch = journal.Rent();
        Check.That(batch.Fits(RecordFieldsBytesMax + replica.CommandBytesMax)); // Or a command could stop the journal.
        journal.Spent.TryPost(batch);
        _records = new RecordOutbox(group, replica, output, journal, Counters);
        _readBack = new ReadBack(group, replica, output, journal);
        var incarnation = replica.Configuration.IncarnationOf(replica.Self);
        _packets = new PacketOutbox(peers, new PacketHeader(group, replica.Configuration.Number, incarnation));
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

    /// <summary>The last damage found while old records were read back, or null.</summary>
    public string? Damaged => _readBack.Damaged;

    /// <summary>
    /// Slots up to here are not in the journal any more, as far as this node says: snapshots stand for them.
    /// </summary>
    public Slot LetGoUpTo { get; private set; }

    /// <summary>
    /// Peers that asked for decrees which only a snapshot can give them; the caller takes them each turn.
    /// </summary>
    public List<NodeId> SnapshotsWanted => _readBack.SnapshotsWanted;

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
    public bool CanTakeInput => _records.HasRoom;

    /// <summary>Since when the oldest record that is not durable yet has waited.</summary>
    public Instant OldestUnsynced => _records.OldestUnsynced;

    /// <summary>Packets that wait for the disk.</summary>
    public int HeldPackets => _packets.HeldPackets;

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
                    _readBack.Send(e.Read!);
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
            _records.Write(now, LetGoUpTo);
            _packets.Add(Output, _records.PersistedUpTo);
            _packets.Flush();
            Counters.DroppedPackets = _packets.Dropped;
            _readBack.Turn(LetGoUpTo, _records.PersistedUpTo);
        }
        Output.Clear();
        _records.EndTurn();
    }

    private void Persisted(Instant now, in JournalEvent e)
    {
        _records.Persisted(now, e.UpTo);
        var took = (long)e.Took.TotalMicroseconds;
        Counters.Syncs++;
        Counters.LastSyncMicroseconds = took;
        Counters.SyncMicroseconds += took;
        Counters.LongestSyncMicroseconds = Math.Max(Counters.LongestSyncMicroseconds, took);
        _packets.Release(e.UpTo);
        Replica.Persisted(now, e.UpTo, Output);
    }

    /// <summary>Bytes of a record of the log beside the command in it.</summary>
    private const int RecordFieldsBytesMax = 64;

    /// <summary>Bytes that the journal puts around a record.</summary>
    private const int RecordFrameBytesMax = 128;
}
