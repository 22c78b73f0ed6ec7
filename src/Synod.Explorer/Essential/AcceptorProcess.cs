using Synod.Explorer.Decision;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Essential;

/// <summary>
/// An acceptor with what a process has around it: a disk, writes under way, answers that wait for them.
/// </summary>
internal sealed class AcceptorProcess(IAcceptorRole role)
{
    private readonly List<AcceptorState> _underWay = [];

    // Ascending by message, so that equal sets are equal bytes.
    private readonly List<AfterWrite<AcceptorState, ulong>> _waiting = [];

    public IAcceptorRole Role { get; } = role;

    public AcceptorState Disk { get; private set; }

    /// <summary>Whether its memory is not behind its disk.</summary>
    public bool UpholdsDisk => Role.State.Covers(Disk);

    public int WritesUnderWay => _underWay.Count;

    /// <summary>Writes at once. Whatever the disk covers already is not written again.</summary>
    public void WriteNow(in AcceptorState record) => Disk = record;

    /// <summary>Begins a write and keeps the answer back. False if both are as they were.</summary>
    public bool BeginWrite(in AfterWrite<AcceptorState, ulong> answer)
    {
        var begins = _underWay.Count == 0 || _underWay[^1] != answer.Record;
        if (begins)
        {
            _underWay.Add(answer.Record);
        }
        var at = _waiting.Count;
        while (at > 0 && MessageOf(_waiting[at - 1]) >= MessageOf(answer))
        {
            at--;
        }
        if (at < _waiting.Count && MessageOf(_waiting[at]) == MessageOf(answer)
            && _waiting[at].Record == answer.Record)
        {
            return begins;
        }
        _waiting.Insert(at, answer);
        return true;
    }

    /// <summary>The oldest write reaches the disk; hands what it releases to the pool.</summary>
    public void Sync(MessagePool pool)
    {
        Disk = _underWay[0];
        _underWay.RemoveAt(0);
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting[i].TryRelease(Disk, out var message))
            {
                pool.Send(message);
                _waiting.RemoveAt(i);
            }
        }
    }

    /// <summary>Answers that would change nothing need not wait.</summary>
    public void ForgetTheDead(DecisionNetwork network) =>
        _waiting.RemoveAll(waiting => network.IsOfNoUse(MessageOf(waiting)));

    /// <summary>Memory is lost; of the writes under way the oldest ones still reach the disk.</summary>
    public void CrashAndRestart(int writesKept)
    {
        if (writesKept > 0)
        {
            Disk = _underWay[writesKept - 1];
        }
        _underWay.Clear();
        _waiting.Clear();
        Role.Restart(Disk);
    }

    /// <summary>Writes canonical bytes, as they would be if it stood at that place.</summary>
    public void Write(StateWriter writer, int newPlace)
    {
        Role.Write(writer);
        var same = Disk == Role.State;
        Check.That(_underWay.Count < 8 && _waiting.Count < 16);
        writer.WriteByte((byte)((same ? 1 : 0) | (_underWay.Count << 1) | (_waiting.Count << 4)));
        if (!same)
        {
            Disk.Write(writer);
        }
        foreach (var record in _underWay)
        {
            record.Write(writer);
        }
        foreach (var answer in _waiting)
        {
            answer.Record.Write(writer);
            writer.WriteNumber(DecisionCodes.WithAcceptor(MessageOf(answer), newPlace + 1));
        }
    }

    public void Read(ref StateReader reader)
    {
        Role.Read(ref reader);
        var flags = reader.ReadByte();
        Disk = (flags & 1) != 0 ? Role.State : AcceptorState.Read(ref reader);
        _underWay.Clear();
        _waiting.Clear();
        for (var i = (flags >> 1) & 7; i > 0; i--)
        {
            _underWay.Add(AcceptorState.Read(ref reader));
        }
        for (var i = flags >> 4; i > 0; i--)
        {
            var record = AcceptorState.Read(ref reader);
            _waiting.Add(new AfterWrite<AcceptorState, ulong>(record, reader.ReadNumber()));
        }
    }

    private static ulong MessageOf(in AfterWrite<AcceptorState, ulong> answer)
    {
        // The record covers itself: this looks at the message without sending it.
        answer.TryRelease(answer.Record, out var message);
        return message;
    }
}
