using Synod.Paxos.Essential;

namespace Synod.Paxos.Practical;

/// <summary>
/// Holds messages back until the disk has what they rely on; the small part of a host that every host would write.
/// One write is under way at a time, and what gathers meanwhile goes out with the next one.
/// </summary>
/// <example>
/// <code>
/// outbox.Add(reply);                          // whatever a step returned
/// if (outbox.TryBeginWrite(out var record))   // null work: the disk has it, or a write is under way
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
public sealed class Outbox<TRecord, TMessage>(TRecord durable)
    where TRecord : struct, IRecord<TRecord>
    where TMessage : struct
{
    private readonly List<AfterWrite<TRecord, TMessage>> _waiting = [];
    private TRecord _newest = durable;
    private TRecord? _underWay;

    /// <summary>What is known to be on the disk.</summary>
    public TRecord Durable { get; private set; } = durable;

    /// <summary>Whether a write is under way.</summary>
    public bool IsWriting => _underWay.HasValue;

    /// <summary>How many messages wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>A record to be written for its own sake: that of a passive member.</summary>
    public void Add(in TRecord record)
    {
        // Each record is the whole state: one that is not ahead of the newest repeats it, or comes from elsewhere.
        Check.That(record.Covers(_newest) || _newest.Covers(record));
        _newest = record.Covers(_newest) ? record : _newest;
    }

    /// <summary>A message to be held back until its record is written.</summary>
    public void Add(in AfterWrite<TRecord, TMessage> message)
    {
        Add(message.Record);
        _waiting.Add(message);
    }

    /// <summary>
    /// The record to write now: the newest, unless the disk upholds it already or a write is under way. What it gives
    /// must be written, and <see cref="Written"/> called when it is. A write that fails ends this outbox with its process.
    /// </summary>
    public bool TryBeginWrite(out TRecord record)
    {
        record = _newest;
        if (IsWriting || Durable.Covers(_newest))
        {
            return false;
        }
        _underWay = _newest;
        return true;
    }

    /// <summary>
    /// The write under way is on the medium: exactly the record that was given out, whatever was added since.
    /// </summary>
    public void Written()
    {
        Check.That(_underWay.HasValue);
        Durable = _underWay.Value;
        _underWay = null;
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
}
