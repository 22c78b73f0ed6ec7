using Synod.Paxos.Essential;

namespace Synod.Paxos.Commit;

/// <summary>
/// A message of single-decree Paxos and the instance that it belongs to. Paxos Commit has no other messages of its own
/// but <see cref="Finished"/>.
/// </summary>
/// <typeparam name="TMessage">Prepare, Promise, Accept or Accepted.</typeparam>
/// <param name="Instance">Which instance.</param>
/// <param name="Message">The message.</param>
public readonly record struct InInstance<TMessage>(InstanceId Instance, TMessage Message)
    where TMessage : struct;

/// <summary>To anybody who asks or should know: this transaction is decided.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Outcome">
/// What became of it; null from an acceptor that remembers only that it is over. Then the participants know.
/// </param>
public readonly record struct Finished(TransactionId Transaction, Outcome? Outcome);

/// <summary>What a participant keeps on disk: its vote, which it never changes.</summary>
/// <param name="Vote">The vote; null if it has not voted.</param>
public readonly record struct VoteRecord(Vote? Vote) : IRecord<VoteRecord>
{
    /// <inheritdoc/>
    public bool Covers(in VoteRecord other) => other.Vote is null || Vote == other.Vote;
}

/// <summary>What an acceptor keeps on disk for one instance.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="State">What every acceptor of Paxos keeps.</param>
public readonly record struct InstanceRecord(InstanceId Instance, AcceptorState State) : IRecord<InstanceRecord>
{
    /// <inheritdoc/>
    public bool Covers(in InstanceRecord other) => Instance == other.Instance && State.Covers(other.State);
}

/// <summary>How an acceptor takes a message: with a reply, or with the news that all is over, or with
/// silence.</summary>
/// <typeparam name="TReply">Promise or Accepted.</typeparam>
/// <param name="Reply">Leaves when its record is on disk.</param>
/// <param name="Finished">Leaves at once.</param>
public readonly record struct Answer<TReply>(
    AfterWrite<InstanceRecord, InInstance<TReply>>? Reply, Finished? Finished)
    where TReply : struct;
