using Synod.Paxos.Essential;

namespace Synod.Paxos.Commit;

/// <summary>What an acceptor remembers of the transactions that one node began.</summary>
internal sealed class InitiatorMemory
{
    private readonly CommitLimits _limits;

    // Ascending by sequence; all of them above the mark, and at most a window above it.
    private readonly List<Entry> _entries = [];
    private ulong _forgottenThrough;

    public InitiatorMemory(NodeId initiator, CommitLimits limits)
    {
        Check.That(limits.FinishedMax >= 0 && limits.WindowTransactions > limits.FinishedMax);
        Initiator = initiator;
        _limits = limits;
    }

    public NodeId Initiator { get; }

    public int Count => _entries.Count;

    private sealed class Entry(ulong sequence)
    {
        public ulong Sequence { get; } = sequence;

        public Outcome? Outcome { get; set; }

        // Ascending by participant; empty once there is an outcome.
        public List<(NodeId Participant, Acceptor Acceptor)> Instances { get; } = [];
    }

    /// <summary>The acceptor of an instance; null if it does not vote there, perhaps because all is over.</summary>
    public Acceptor? Find(NodeId self, InstanceId instance, out Finished? finished)
    {
        finished = null;
        if (instance.Transaction.Sequence <= _forgottenThrough)
        {
            // Also number 0, which no transaction has.
            finished = new Finished(instance.Transaction, null);
            return null;
        }
        if (EntryOf(instance.Transaction.Sequence) is not { } entry)
        {
            return null;
        }
        if (entry.Outcome is not null)
        {
            finished = new Finished(instance.Transaction, entry.Outcome);
            return null;
        }
        var at = PlaceOf(entry, instance.Participant);
        if (at == entry.Instances.Count || entry.Instances[at].Participant != instance.Participant)
        {
            if (entry.Instances.Count == MemberSet.MembersMax)
            {
                return null;
            }
            entry.Instances.Insert(at, (instance.Participant, new Acceptor(self, default)));
        }
        return entry.Instances[at].Acceptor;
    }

    /// <summary>All transactions up to this one are over, and nothing more is known of them.</summary>
    public ulong ForgottenThrough => _forgottenThrough;

    /// <summary>Takes an instance back from the disk.</summary>
    public void Restore(InstanceId instance, Acceptor acceptor)
    {
        if (instance.Transaction.Sequence <= _forgottenThrough)
        {
            return;
        }
        var entry = EntryOf(instance.Transaction.Sequence);
        // Outside the window: the mark was not recovered first, and to drop the record would take back a promise.
        Check.That(entry is not null);
        // Over, and its records only not yet thrown away: what is over stays over.
        if (entry.Outcome is null)
        {
            var at = PlaceOf(entry, instance.Participant);
            Check.That(at == entry.Instances.Count || entry.Instances[at].Participant != instance.Participant);
            entry.Instances.Insert(at, (instance.Participant, acceptor));
        }
    }

    /// <summary>Takes an outcome back from the disk.</summary>
    public void RestoreOutcome(ulong sequence, Outcome outcome)
    {
        Check.That(sequence <= _forgottenThrough || EntryOf(sequence) is not null);
        Finish(sequence, outcome);
    }

    /// <summary>Whether that is news.</summary>
    public bool Finish(ulong sequence, Outcome outcome)
    {
        if (sequence <= _forgottenThrough || EntryOf(sequence) is not { } entry)
        {
            return false;
        }
        // A transaction has one outcome.
        Check.That(entry.Outcome is null || entry.Outcome == outcome);
        var isNews = entry.Outcome is null;
        entry.Outcome = outcome;
        entry.Instances.Clear();
        Trim();
        return isNews;
    }

    /// <summary>Raises the mark, never lowers it.</summary>
    public void ForgetThrough(ulong sequence)
    {
        _forgottenThrough = Math.Max(_forgottenThrough, sequence);
        _entries.RemoveAll(entry => entry.Sequence <= _forgottenThrough);
    }

    /// <summary>
    /// Forgets the oldest that are over, only as far as all before them are over too: one that is skipped could be
    /// open.
    /// </summary>
    private void Trim()
    {
        var finished = 0;
        foreach (var entry in _entries)
        {
            finished += entry.Outcome is null ? 0 : 1;
        }
        while (finished > _limits.FinishedMax
            && _entries[0] is { Outcome: not null } oldest && oldest.Sequence == _forgottenThrough + 1)
        {
            _forgottenThrough++;
            _entries.RemoveAt(0);
            finished--;
        }
    }

    private Entry? EntryOf(ulong sequence)
    {
        if (sequence - _forgottenThrough > (ulong)_limits.WindowTransactions)
        {
            return null;
        }
        var at = 0;
        var end = _entries.Count;
        while (at < end)
        {
            var middle = (at + end) / 2;
            (at, end) = _entries[middle].Sequence < sequence ? (middle + 1, end) : (at, middle);
        }
        if (at == _entries.Count || _entries[at].Sequence != sequence)
        {
            _entries.Insert(at, new Entry(sequence));
        }
        return _entries[at];
    }

    private static int PlaceOf(Entry entry, NodeId participant)
    {
        var at = 0;
        while (at < entry.Instances.Count && entry.Instances[at].Participant < participant)
        {
            at++;
        }
        return at;
    }

    public void Write(StateWriter writer)
    {
        writer.WriteNumber(_forgottenThrough);
        writer.WriteNumber((ulong)_entries.Count);
        foreach (var entry in _entries)
        {
            writer.WriteNumber(entry.Sequence);
            writer.WriteByte((byte)(entry.Outcome ?? 0));
            writer.WriteNumber((ulong)entry.Instances.Count);
            foreach (var (participant, acceptor) in entry.Instances)
            {
                writer.Write(participant);
                acceptor.Write(writer);
            }
        }
    }

    public void Read(NodeId self, ref StateReader reader)
    {
        _entries.Clear();
        _forgottenThrough = reader.ReadNumber();
        for (var left = reader.ReadNumber(); left > 0; left--)
        {
            var entry = new Entry(reader.ReadNumber());
            var outcome = reader.ReadByte();
            entry.Outcome = outcome == 0 ? null : (Outcome)outcome;
            for (var instances = reader.ReadNumber(); instances > 0; instances--)
            {
                var participant = reader.ReadNodeId();
                var acceptor = new Acceptor(self, default);
                acceptor.Read(ref reader);
                entry.Instances.Add((participant, acceptor));
            }
            _entries.Add(entry);
        }
    }
}
