using Synod.Paxos;
using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Commit;

/// <summary>
/// An acceptor with what a process has around it: a disk with a record for each instance and marks of what is over,
/// writes under way, and answers that wait for them.
/// </summary>
internal sealed class CommitAcceptorProcess(
    ICommitAcceptorRole role, Transaction transaction, bool syncIsAStep, bool canCrash)
{
    private readonly record struct Waiting(AcceptorState[] Records, ulong Answer);

    // Oldest first; each holds the records as they are with it.
    private readonly List<Waiting> _underWay = [];
    private AcceptorState[] _disk = new AcceptorState[transaction.Participants.Count];
    private bool _isOverOnDisk;

    public ICommitAcceptorRole Role { get; } = role;

    /// <summary>Whether it was told that the transaction is over.</summary>
    public bool IsTold { get; private set; }

    public int WritesUnderWay => _underWay.Count;

    /// <summary>Whether the disk upholds what an answer relies on.</summary>
    public bool HasOnDisk<TReply>(int place, in AfterWrite<InstanceRecord, InInstance<TReply>> answer)
        where TReply : struct => !canCrash ||
        answer.TryRelease(new InstanceRecord(transaction.InstanceOf(place), _disk[place]), out _);

    /// <summary>
    /// Sends an answer, once its records are on disk. False if all is as it was.
    /// </summary>
    /// <param name="answer">What to send.</param>
    /// <param name="records">The records that it relies on, by instance; the default where it does not.</param>
    /// <param name="isOnDisk">Whether the disk has them.</param>
    /// <param name="pool">Where to send it to.</param>
    public bool Answer(ulong answer, ReadOnlySpan<AcceptorState> records, bool isOnDisk, MessagePool pool)
    {
        if (isOnDisk)
        {
            return pool.Send(answer);
        }
        if (_underWay.Any(waiting => waiting.Answer == answer))
        {
            return false;
        }
        var newest = _underWay.Count == 0 ? _disk : _underWay[^1].Records;
        var written = new AcceptorState[newest.Length];
        for (var place = 0; place < written.Length; place++)
        {
            written[place] = newest[place].Covers(records[place]) ? newest[place] : records[place];
        }
        _underWay.Add(new Waiting(written, answer));
        if (!syncIsAStep)
        {
            Sync(pool);
        }
        return true;
    }

    /// <summary>The oldest write reaches the disk, and its answer leaves.</summary>
    public void Sync(MessagePool pool)
    {
        _disk = _underWay[0].Records;
        pool.Send(_underWay[0].Answer);
        _underWay.RemoveAt(0);
    }

    /// <summary>
    /// The transaction is over: that is written after all that is under way, and then the records are thrown away.
    /// </summary>
    public void Tell(in Finished finished, MessagePool pool)
    {
        while (_underWay.Count > 0)
        {
            Sync(pool);
        }
        IsTold = true;
        Role.Step(finished);
        _isOverOnDisk = true;
        _underWay.Clear();
        _disk = new AcceptorState[_disk.Length];
    }

    /// <summary>Memory is lost; of the writes under way the oldest ones still reach the disk.</summary>
    public void CrashAndRestart(int writesKept)
    {
        _disk = writesKept > 0 ? _underWay[writesKept - 1].Records : _disk;
        _underWay.Clear();
        var records = new List<InstanceRecord>();
        for (var place = 0; place < _disk.Length; place++)
        {
            if (!_disk[place].Promised.IsNone)
            {
                records.Add(new InstanceRecord(transaction.InstanceOf(place), _disk[place]));
            }
        }
        Role.Restart(_isOverOnDisk ? [new Finished(transaction.Id, null)] : [], records);
    }

    /// <summary>Writes canonical bytes, as they would be if it stood at that place.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="newPlace">Its place.</param>
    public void Write(StateWriter writer, int newPlace)
    {
        Role.Write(writer);
        writer.Write(IsTold);
        if (!canCrash)
        {
            // Nobody will ever look at the disk.
            return;
        }
        foreach (var record in _disk)
        {
            record.Write(writer);
        }
        writer.WriteByte((byte)_underWay.Count);
        foreach (var waiting in _underWay)
        {
            foreach (var record in waiting.Records)
            {
                record.Write(writer);
            }
            writer.WriteNumber(CommitCodes.WithAcceptor(waiting.Answer, newPlace + 1));
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        Role.Read(ref reader);
        IsTold = reader.ReadBool();
        _isOverOnDisk = IsTold;
        _underWay.Clear();
        _disk = new AcceptorState[_disk.Length];
        if (!canCrash)
        {
            return;
        }
        ReadRecords(ref reader, _disk);
        for (var left = reader.ReadByte(); left > 0; left--)
        {
            var records = new AcceptorState[_disk.Length];
            ReadRecords(ref reader, records);
            _underWay.Add(new Waiting(records, reader.ReadNumber()));
        }
    }

    private static void ReadRecords(ref StateReader reader, AcceptorState[] records)
    {
        for (var place = 0; place < records.Length; place++)
        {
            records[place] = AcceptorState.Read(ref reader);
        }
    }
}
