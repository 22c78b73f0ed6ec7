using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

/// <summary>A replica with what a process has around it: a disk, records under way, messages that wait for them.</summary>
internal sealed class ReplicaProcess
{
    private readonly record struct Held(int After, ulong Message);

    private readonly ReplicaRole _role;
    private readonly ReplicaOutput _output = new();
    private readonly LogDisk _disk = new();
    private readonly List<StateRecord> _underWay = [];
    private readonly List<Held> _held = [];
    private readonly MessageTable _messages;
    private readonly byte[] _atBirth;
    private ulong _persistedUpTo;

    public ReplicaProcess(ReplicaRole role, MessageTable messages)
    {
        _role = role;
        _messages = messages;
        var writer = new StateWriter();
        role.Replica.Write(writer, ReplicaRole.Now);
        _atBirth = writer.Written.ToArray();
    }

    public Replica Replica => _role.Replica;

    public LogDisk Disk => _disk;

    public int RecordsUnderWay => _underWay.Count;

    public int Campaigns { get; private set; }

    public int Commands { get; private set; }

    /// <summary>Decrees that the last input handed out.</summary>
    public List<LearnedDecree> HandedOut { get; } = [];

    /// <summary>Votes of this node for its own proposals that became durable with the last input: ballot and slot.</summary>
    public List<StateRecord> Written { get; } = [];

    public void Campaign()
    {
        Campaigns++;
        Replica.Campaign(ReplicaRole.Now, _output);
    }

    public void Propose(Value command)
    {
        Commands++;
        Check.That(Replica.Propose(ReplicaRole.Now, command, _output) == Proposal.Taken);
    }

    public void ForgetCounts() => (Campaigns, Commands) = (0, 0);

    public void Take(LogMessage message) => _role.Step(message, _output);

    /// <summary>Ends the turn of one input: what it asked for is under way or leaves.</summary>
    public void EndTurn(MessagePool pool)
    {
        Replica.Finish(ReplicaRole.Now, 0, _output);
        foreach (var outgoing in _output.Outgoing)
        {
            if (LogMessage.Of(Replica.Self, outgoing, _output) is not { } message)
            {
                continue;
            }
            var after = (long)_role.WaitsFor(outgoing) - (long)_persistedUpTo;
            var number = _messages.NumberOf(message);
            if (after <= 0)
            {
                pool.Send(number);
            }
            else
            {
                Hold(new Held((int)after, number));
            }
        }
        _underWay.AddRange(_output.Records);
        HandedOut.AddRange(_output.Decrees);
        _output.Clear();
    }

    /// <summary>All records under way reach the disk; what waited for them leaves.</summary>
    public void Sync(MessagePool pool)
    {
        Keep(_underWay.Count);
        Check.That(_persistedUpTo == _output.LastRecord);
        foreach (var held in _held)
        {
            pool.Send(held.Message);
        }
        _held.Clear();
        Replica.Persisted(ReplicaRole.Now, _persistedUpTo, _output);
        EndTurn(pool);
    }

    /// <summary>Memory is lost; of the records under way the oldest ones still reached the disk.</summary>
    public void CrashAndRestart(int recordsKept, MessagePool pool)
    {
        Keep(recordsKept);
        _underWay.Clear();
        _held.Clear();
        // Numbers only grow here: a journal that starts again at a higher number is read back all the same.
        var number = _output.LastRecord;
        var reader = new StateReader(_atBirth);
        Replica.Read(ref reader, ReplicaRole.Now, number);
        foreach (var record in _disk.Records())
        {
            _role.Recover(record, ++number, _output);
        }
        _output.ContinueAfter(number);
        _persistedUpTo = number;
        EndTurn(pool);
    }

    public void Write(StateWriter writer)
    {
        Replica.Write(writer, ReplicaRole.Now);
        _disk.Write(writer);
        writer.WriteByte((byte)Campaigns);
        writer.WriteByte((byte)Commands);
        writer.WriteByte((byte)_underWay.Count);
        writer.WriteByte((byte)_held.Count);
        foreach (var record in _underWay)
        {
            writer.WriteByte((byte)record.Kind);
            writer.Write(record.Ballot);
            writer.Write(record.Slot);
            LogMessage.Write(writer, record.Decree);
        }
        foreach (var held in _held)
        {
            writer.WriteByte((byte)held.After);
            writer.WriteNumber(held.Message);
        }
    }

    public void Read(ref StateReader reader)
    {
        _output.Clear();
        _persistedUpTo = _output.LastRecord;
        Replica.Read(ref reader, ReplicaRole.Now, _persistedUpTo);
        _disk.Read(ref reader);
        Campaigns = reader.ReadByte();
        Commands = reader.ReadByte();
        var (underWay, held) = (reader.ReadByte(), reader.ReadByte());
        _underWay.Clear();
        _held.Clear();
        for (; underWay > 0; underWay--)
        {
            var kind = (StateRecordKind)reader.ReadByte();
            _underWay.Add(new StateRecord(kind, reader.ReadBallot(), reader.ReadSlot(), LogDisk.ReadDecree(ref reader)));
        }
        for (; held > 0; held--)
        {
            _held.Add(new Held(reader.ReadByte(), reader.ReadNumber()));
        }
        _output.ContinueAfter(_persistedUpTo + (ulong)_underWay.Count);
        HandedOut.Clear();
        Written.Clear();
    }

    /// <summary>In one order, and none twice, so that equal sets are equal bytes.</summary>
    private void Hold(Held held)
    {
        var at = _held.Count;
        while (at > 0 && (_held[at - 1].After, _held[at - 1].Message).CompareTo((held.After, held.Message)) >= 0)
        {
            at--;
        }
        if (at == _held.Count || _held[at] != held)
        {
            _held.Insert(at, held);
        }
    }

    private void Keep(int records)
    {
        for (var i = 0; i < records; i++)
        {
            _disk.Add(_underWay[i]);
            Written.Add(_underWay[i]);
        }
        _persistedUpTo += (ulong)records;
        _underWay.RemoveRange(0, records);
    }
}
