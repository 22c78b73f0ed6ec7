using Synod.Explorer.Decision;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Practical;

/// <summary>
/// A member with what a process has around it: a disk, a write under way, and the real outbox with what waits for it.
/// </summary>
internal sealed class MemberProcess(IMemberRole role, bool syncIsAStep)
{
    private readonly Outbox<MemberState, ulong> _outbox = new(default);

    public IMemberRole Role { get; } = role;

    /// <summary>What a crash at this moment would leave, if the write under way does not arrive.</summary>
    public MemberState Disk => _outbox.Durable;

    public bool IsWriting => _outbox.IsWriting;

    /// <summary>How often it began phase 1, over all lives.</summary>
    public int BallotsUsed { get; private set; }

    /// <summary>How often it crashed.</summary>
    public int Life { get; private set; }

    /// <summary>Whether its memory is not behind its disk.</summary>
    public bool UpholdsDisk => Role.State.Covers(Disk);

    /// <summary>Begins phase 1.</summary>
    public void Begin(DecisionCodes codes, MessagePool pool)
    {
        BallotsUsed++;
        var prepare = Role.Prepare();
        Hold(null, prepare?.Within(prepare.Value.Record, codes.Of), pool);
    }

    /// <summary>
    /// Answers that would change nothing need not wait. A wrong member that does not let them wait may be found out
    /// sooner by that: its second answer is not taken for the first one, which waits.
    /// </summary>
    public void ForgetTheDead(DecisionNetwork network)
    {
        if (_outbox.Waiting.Any(waiting => network.IsOfNoUse(MessageOf(waiting))))
        {
            AfterWrite<MemberState, ulong>[] left =
                [.. _outbox.Waiting.Where(waiting => !network.IsOfNoUse(MessageOf(waiting)))];
            _outbox.Restore(_outbox.Durable, _outbox.Newest, _outbox.UnderWay, left);
        }
    }

    /// <summary>Queues what a step wants written and then sent; sends what the disk covers already.</summary>
    public void Hold(MemberState? record, AfterWrite<MemberState, ulong>? message, MessagePool pool)
    {
        if (record is { } toWrite)
        {
            _outbox.Add(toWrite);
        }
        if (message is { } later)
        {
            _outbox.Add(later);
        }
        Flush(pool);
    }

    /// <summary>The write under way reaches the disk, and what it releases leaves.</summary>
    public void Sync(MessagePool pool)
    {
        _outbox.Written();
        Flush(pool);
    }

    /// <summary>Memory and what waits are lost; the write under way may have reached the disk.</summary>
    public void CrashAndRestart(bool writeKept)
    {
        var disk = Role.Restart(writeKept ? _outbox.UnderWay!.Value : Disk);
        _outbox.Restore(disk, disk, null, []);
        Life++;
    }

    private void Flush(MessagePool pool)
    {
        if (!syncIsAStep && _outbox.TryBeginWrite(out _))
        {
            _outbox.Written();
        }
        while (_outbox.TryTake(out var message))
        {
            pool.Send(message);
        }
        _outbox.TryBeginWrite(out _);
    }

    public void Write(StateWriter writer)
    {
        Role.Write(writer);
        writer.WriteByte((byte)BallotsUsed);
        writer.WriteByte((byte)Life);
        writer.WriteByte((byte)(((IsWriting ? 1 : 0) << 7) | _outbox.Waiting.Count));
        _outbox.Durable.Write(writer);
        if (IsWriting)
        {
            _outbox.UnderWay!.Value.Write(writer);
            _outbox.Newest.Write(writer);
        }
        // In any order they leave alike: written in the order of their messages, equal sets are equal bytes.
        var inOrder = _outbox.Waiting.Count < 2 ? _outbox.Waiting : [.. _outbox.Waiting.OrderBy(MessageOf)];
        foreach (var waiting in inOrder)
        {
            waiting.Record.Write(writer);
            writer.WriteNumber(MessageOf(waiting));
        }
    }

    public void Read(ref StateReader reader)
    {
        Role.Read(ref reader);
        BallotsUsed = reader.ReadByte();
        Life = reader.ReadByte();
        var flags = reader.ReadByte();
        var disk = MemberState.Read(ref reader);
        MemberState? underWay = flags >> 7 == 1 ? MemberState.Read(ref reader) : null;
        var newest = underWay.HasValue ? MemberState.Read(ref reader) : disk;
        var waiting = new AfterWrite<MemberState, ulong>[flags & 0x7f];
        for (var i = 0; i < waiting.Length; i++)
        {
            var record = MemberState.Read(ref reader);
            waiting[i] = new(record, reader.ReadNumber());
        }
        _outbox.Restore(disk, newest, underWay, waiting);
    }

    private static ulong MessageOf(AfterWrite<MemberState, ulong> waiting)
    {
        // The record covers itself: this looks at the message without sending it.
        waiting.TryRelease(waiting.Record, out var message);
        return message;
    }
}
