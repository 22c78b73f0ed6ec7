using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Storage;
using Synod.Wire;

namespace Synod.Replication;

/// <summary>
/// Old decrees for peers that are behind: what is no longer in memory is read back from the journal, one range at a time.
/// </summary>
internal sealed class ReadBack(uint group, Replica replica, ReplicaOutput output, JournalMailboxes journal)
{
    private readonly record struct WaitingRead(JournalRead Read, ulong After);

    private readonly Queue<WaitingRead> _reads = new();
    private NodeId _readingFor;
    private ulong _readId;

    /// <summary>Peers whose wish only a snapshot can fulfil.</summary>
    public List<NodeId> SnapshotsWanted { get; } = [];

    /// <summary>The last damage found, or null.</summary>
    public string? Damaged { get; private set; }

    /// <summary>Takes the wishes of the turn that ends, and begins the next read if none is under way.</summary>
    /// <param name="letGoUpTo">What is up to here is not in the journal any more.</param>
    /// <param name="persistedUpTo">Every record up to this number is durable.</param>
    public void Turn(Slot letGoUpTo, ulong persistedUpTo)
    {
        foreach (var read in output.JournalReads)
        {
            if (read.First <= Slot.Max(letGoUpTo, replica.SnapshotFloor))
            {
                SnapshotsWanted.Add(read.To);
            }
            else if (_reads.Count < ReadsWaitingMax && !IsWaiting(read.To))
            {
                _reads.Enqueue(new WaitingRead(read, output.LastRecord));
            }
        }
        // A slot that has just left memory may still have its last record under way to the disk, and what the journal
        // would show until then is an older acceptance, of a decree that was perhaps never chosen.
        if (_readingFor == NodeId.None && _reads.TryPeek(out var next) && next.After <= persistedUpTo)
        {
            _reads.Dequeue();
            if (journal.Reads.TryPost(new JournalReadRequest(
                ++_readId, group, next.Read.First.Number, next.Read.Last.Number, ReadBytesMax)))
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
    /// What was read, for the peer that asked. At or below the floor the latest record of a slot holds what was chosen there.
    /// </summary>
    public void Send(JournalReadResult result)
    {
        if (result.Id != _readId || _readingFor == NodeId.None)
        {
            return;
        }
        for (var i = 0; i < result.Records.Count; i++)
        {
            var read = result.Records[i];
            var known = RecordCodec.TryRead(read.Payload, out var record);
            Check.That(known && record.Slot.Number == read.Key && record.Slot <= replica.ChosenUpTo);
            if (record.Slot <= replica.SnapshotFloor)
            {
                continue; // A snapshot came while it was read: this may be an acceptance that was never chosen.
            }
            output.SendLearned(_readingFor, new Learn(record.Slot, record.Decree, i == result.Records.Count - 1));
        }
        if (result.Damage is { } damage)
        {
            // Chosen values can be had from others; the operator must know all the same.
            Damaged = damage;
        }
        _readingFor = NodeId.None;
    }

    private const int ReadBytesMax = 4 << 20;
    private const int ReadsWaitingMax = 64;
}
