using Synod.Paxos.Essential;

namespace Synod.Paxos.Practical;

/// <summary>
/// Holds messages back until the disk has what they rely on; the small part of a host that every host would write.
/// One write is under way at a time, and what gathers meanwhile goes out with the next one.
/// </summary>
/// <example>
/// <code>
/// outbox.Add(reply);                          // whatever a step returned
/// if (outbox.TryBeginWrite(out var record))   // false: the disk has it, or a write is under way
///     disk.Write(record);
/// ...
/// outbox.Written();                           // the disk says that this write is done
/// while (outbox.TryTake(out var message))
///     network.Send(message);
/// </code>
/// </example>
/// <typeparam name="TRecord">What is written; each newer one upholds what the older ones did.</typeparam>
/// <typeparam name="TMessage">What is sent.</typeparam>
/// <param name="durable">What is on the disk at the start.</param>
/// <param name="waitingMax">The most messages that wait; one that finds no room is lost, as in a network.</param>
public sealed class Outbox<TRecord, TMessage>(TRecord durable, int waitingMax = 1024)
    where TRecord : struct, IRecord<TRecord>
    where TMessage : struct
{
    private readonly List<AfterWrite<TRecord, TMessage>> _waiting = [];

    /// <summary>What is known to be on the disk.</summary>
    public TRecord Durable { get; private set; } = durable;

    /// <summary>The highest record that was added; what is written next.</summary>
    public TRecord Newest { get; private set; } = durable;

    /// <summary>The record that is being written.</summary>
    public TRecord? UnderWay { get; private set; }

    /// <summary>Whether a write is under way.</summary>
    public bool IsWriting => UnderWay.HasValue;

    /// <summary>What waits, oldest first.</summary>
    public IReadOnlyList<AfterWrite<TRecord, TMessage>> Waiting => _waiting;

    /// <summary>A record to be written for its own sake: that of a passive member.</summary>
    public void Add(in TRecord record)
    {
        // Each record is the whole state: one that is not ahead of the newest repeats it, or comes from elsewhere.
        Check.That(record.Covers(Newest) || Newest.Covers(record));
        Newest = record.Covers(Newest) ? record : Newest;
    }

    /// <summary>
    /// A message to be held back until its record is written. One that waits already is not queued twice: a repeated
    /// request is answered once, with the first.
    /// </summary>
    public void Add(in AfterWrite<TRecord, TMessage> message)
    {
        Add(message.Record);
        foreach (var waiting in _waiting)
        {
            if (waiting.SaysTheSameAs(message))
            {
                return;
            }
        }
        if (_waiting.Count < waitingMax)
        {
            _waiting.Add(message);
        }
    }

    /// <summary>
    /// The record to write now: the newest, unless the disk upholds it already or a write is under way. What it gives
    /// must be written, and <see cref="Written"/> called when it is. A write that fails ends this outbox with its
    /// process.
    /// </summary>
    public bool TryBeginWrite(out TRecord record)
    {
        record = Newest;
        if (IsWriting || Durable.Covers(Newest))
        {
            return false;
        }
        UnderWay = Newest;
        return true;
    }

    /// <summary>
    /// The write under way is on the medium: exactly the record that was given out, whatever was added since.
    /// </summary>
    public void Written()
    {
        Check.That(UnderWay.HasValue);
        Durable = UnderWay.Value;
        UnderWay = null;
    }

    /// <summary>Takes the oldest message that may leave.</summary>
    public bool TryTake(out TMessage message)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].TryRelease(Durable, out message))
            {
                _waiting.RemoveAt(i);
                return true;
            }
        }
        message = default;
        return false;
    }

    /// <summary>Takes on a state that was looked at earlier, for explorers; no crash in between.</summary>
    public void Restore(
        TRecord durable, TRecord newest, TRecord? underWay, IEnumerable<AfterWrite<TRecord, TMessage>> waiting)
    {
        (Durable, Newest, UnderWay) = (durable, newest, underWay);
        _waiting.Clear();
        _waiting.AddRange(waiting);
    }
}
