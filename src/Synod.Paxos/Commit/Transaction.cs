using System.Globalization;

namespace Synod.Paxos.Commit;

/// <summary>The name of a transaction: the node that began it, and which of that node's transactions it is.</summary>
/// <param name="Initiator">Who began it.</param>
/// <param name="Sequence">
/// Counts up by one from 1 for each initiator, and over its restarts: gaps would keep acceptors from forgetting.
/// </param>
public readonly record struct TransactionId(NodeId Initiator, ulong Sequence)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Initiator}/{Sequence}");
}

/// <summary>
/// One instance of consensus: what one participant wants. "Paxos Commit uses a separate instance of the Paxos consensus
/// algorithm to obtain agreement on the decision each RM makes of whether to prepare or abort" (Gray and Lamport 2006,
/// §4).
/// </summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Participant">Whose decision it is: a resource manager of the paper.</param>
public readonly record struct InstanceId(TransactionId Transaction, NodeId Participant);

/// <summary>A transaction: who takes part, and how many of them must be prepared.</summary>
public sealed class Transaction
{
    /// <summary>
    /// The round of the one ballot that belongs to the participant ("ballot number 0", §4.1). It needs no phase 1
    /// because nobody else ever uses it, and lies below every ballot of a recovery.
    /// </summary>
    public const ulong ParticipantRound = 1;

    private readonly NodeId[] _participants;

    /// <summary>Describes a transaction; to everybody who takes part or looks on in the same way.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="participants">Who takes part; distinct, 1 to <see cref="MemberSet.MembersMax"/>.</param>
    /// <param name="preparedNeeded">
    /// How many of them must be prepared for a commit; null for all of them, as in the paper.
    /// </param>
    /// <exception cref="ArgumentException">The numbers are out of range, or a participant is named twice.</exception>
    public Transaction(TransactionId id, IReadOnlyList<NodeId> participants, int? preparedNeeded = null)
    {
        if (participants.Count is 0 or > MemberSet.MembersMax || participants.Distinct().Count() != participants.Count
            || participants.Contains(NodeId.None))
        {
            throw new ArgumentException("A transaction has 1 to 31 participants, each named once.");
        }
        if (id.Initiator == NodeId.None || id.Sequence == 0)
        {
            throw new ArgumentException("A transaction has an initiator, and is numbered from 1.");
        }
        if (preparedNeeded < 1 || preparedNeeded > participants.Count)
        {
            throw new ArgumentException("The threshold is 1 up to the number of participants.");
        }
        Id = id;
        PreparedNeeded = preparedNeeded ?? participants.Count;
        _participants = [.. participants.Order()];
    }

    /// <summary>Its name, the same for everybody who takes part or votes.</summary>
    public TransactionId Id { get; }

    /// <summary>Who takes part, in order of their numbers.</summary>
    public IReadOnlyList<NodeId> Participants => _participants;

    /// <summary>How many must be prepared for a commit.</summary>
    public int PreparedNeeded { get; }

    /// <summary>The place of a participant in <see cref="Participants"/>, or -1.</summary>
    public int PlaceOf(NodeId participant) => Array.BinarySearch(_participants, participant);

    /// <summary>The instance of the participant at a place.</summary>
    public InstanceId InstanceOf(int place) => new(Id, _participants[place]);

    /// <summary>
    /// The participant's own ballot. It has no later incarnation: who has lost its disk may have voted under it, and
    /// must not vote again.
    /// </summary>
    public static Ballot BallotOf(NodeId participant) =>
        new(ParticipantRound, participant, Configuration.FirstIncarnation);

    /// <summary>
    /// What becomes of the transaction if so many instances have chosen Prepared and so many Aborted; null: still open.
    /// </summary>
    public Outcome? OutcomeOf(int prepared, int aborted)
    {
        Check.That(prepared + aborted <= _participants.Length);
        return prepared >= PreparedNeeded ? Outcome.Committed
            : aborted > _participants.Length - PreparedNeeded ? Outcome.Aborted
            : null;
    }
}
