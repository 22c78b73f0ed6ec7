namespace Synod.Paxos.Essential;

/// <summary>What a role keeps on disk: a state that only ever moves forward.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IRecord<TSelf>
    where TSelf : struct, IRecord<TSelf>
{
    /// <summary>Whether this state, if it is on disk, upholds all that <paramref name="other"/> promised.</summary>
    bool Covers(in TSelf other);
}

/// <summary>
/// A message and the record it depends on: say nothing on the wire that the disk would not swear to. The message cannot
/// be had without naming a durable state that covers the record, so it leaves neither before the write nor with a newer
/// content than was written ("an acceptor records its intended response in stable storage before actually sending the
/// response", Lamport 2001, §2.5).
/// </summary>
/// <remarks>
/// The host writes <see cref="Record"/> unless its disk covers it already, which is so when a request is repeated.
/// After a crash it drops the messages that it held back: nobody has seen them, so nobody relies on them.
/// </remarks>
/// <typeparam name="TRecord">What must be written.</typeparam>
/// <typeparam name="TMessage">What may then be sent.</typeparam>
/// <param name="record">The state to write.</param>
/// <param name="message">The message that speaks of that state.</param>
public readonly struct AfterWrite<TRecord, TMessage>(TRecord record, TMessage message)
    where TRecord : struct, IRecord<TRecord>
    where TMessage : struct
{
    private readonly TMessage _message = message;
    private readonly TRecord _record = record;

    /// <summary>The state to write before the message leaves.</summary>
    public TRecord Record => _record;

    /// <summary>
    /// The same message as a part of something larger: after a record that contains this one, and in another wrapping.
    /// </summary>
    /// <param name="record">What is written instead; upholds at least what <see cref="Record"/> does.</param>
    /// <param name="wrap">Wraps the message; it sees it before the write and must not send it.</param>
    public AfterWrite<TOuter, TWrapped> Within<TOuter, TWrapped>(TOuter record, Func<TMessage, TWrapped> wrap)
        where TOuter : struct, IRecord<TOuter>
        where TWrapped : struct => new(record, wrap(_message));

    /// <summary>Whether both have the same message, whatever their records.</summary>
    public bool SaysTheSameAs(in AfterWrite<TRecord, TMessage> other) =>
        EqualityComparer<TMessage>.Default.Equals(_message, other._message);

    /// <summary>Hands out the message if what is on disk covers its record.</summary>
    /// <param name="durable">The state that is known to have reached the disk.</param>
    /// <param name="message">The message to send.</param>
    public bool TryRelease(in TRecord durable, out TMessage message)
    {
        var released = durable.Covers(_record);
        message = released ? _message : default;
        return released;
    }
}
