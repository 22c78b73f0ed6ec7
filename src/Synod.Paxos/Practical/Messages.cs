using Synod.Paxos.Essential;

namespace Synod.Paxos.Practical;

/// <summary>
/// To the proposer of a request that was refused: give this ballot up. The paper calls it an optimization: "if an
/// acceptor ignores a prepare or accept request because it has already received a prepare request with a higher number,
/// then the acceptor should probably inform the proposer, who should then abandon its proposal" (Lamport 2001, §2.2).
/// </summary>
/// <remarks>
/// Nobody's safety leans on a Nack, all that it does is raise the ballot that comes next. So it waits for no record,
/// and one that is lost or late does no harm.
/// </remarks>
/// <param name="From">The acceptor.</param>
/// <param name="Ballot">The ballot of the Prepare or Accept that was refused.</param>
/// <param name="Promised">What the acceptor has promised; above <paramref name="Ballot"/>.</param>
public readonly record struct Nack(NodeId From, Ballot Ballot, Ballot Promised);

/// <summary>
/// What an acceptor makes of a request. If it obeys, <see cref="Record"/> is what it relies on, and
/// <see cref="Reply"/> leaves after that; a passive acceptor has a record and no reply. If it refuses,
/// <see cref="Nack"/> leaves at once. The default is a passive acceptor's refusal: nothing at all.
/// </summary>
/// <typeparam name="TRecord">What is written.</typeparam>
/// <typeparam name="TReply">The answer of who obeys: <see cref="Promise"/> or <see cref="Accepted"/>.</typeparam>
public readonly struct Answer<TRecord, TReply>
    where TRecord : struct, IRecord<TRecord>
    where TReply : struct
{
    /// <summary>Makes an answer.</summary>
    public Answer(TRecord? record, AfterWrite<TRecord, TReply>? reply, Nack? nack)
    {
        Record = record;
        Reply = reply;
        Nack = nack;
    }

    /// <summary>What must reach the disk, unless it is there; null for a refusal.</summary>
    public TRecord? Record { get; }

    /// <summary>The answer, and the record that it waits for.</summary>
    public AfterWrite<TRecord, TReply>? Reply { get; }

    /// <summary>The refusal.</summary>
    public Nack? Nack { get; }
}

/// <summary>What became of this process's own belief to lead.</summary>
public enum OwnLead
{
    /// <summary>As before.</summary>
    Unchanged,

    /// <summary>It leads from now on.</summary>
    Gained,

    /// <summary>It does not lead any more.</summary>
    Lost,
}

/// <summary>
/// Another leader is believed in. Beliefs of different processes may differ, and nothing unsafe follows.
/// </summary>
/// <param name="Before">The ballot of the leader before, or <see cref="Ballot.None"/>.</param>
/// <param name="After">The ballot of the leader from now on, or <see cref="Ballot.None"/>.</param>
/// <param name="Own">What that means for this process.</param>
public readonly record struct LeaderChange(Ballot Before, Ballot After, OwnLead Own);
