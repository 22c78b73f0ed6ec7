using Synod.Paxos;
using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Commit;

/// <summary>
/// What <see cref="CommitWorld"/> asks of a participant; <see cref="RealParticipant"/> is the real one. Whoever wants
/// to see what a rule is good for writes a wrong twin.
/// </summary>
public interface IParticipantRole
{
    /// <summary>Votes.</summary>
    AfterWrite<VoteRecord, InInstance<Accept>> Cast(Vote vote);

    /// <summary>The process crashed; it starts again with what its disk holds.</summary>
    void Restart(VoteRecord durable);
}

/// <summary>What <see cref="CommitWorld"/> asks of who recovers; <see cref="RealRecovery"/> is the real one.</summary>
public interface IRecoveryRole
{
    /// <summary>Phase 1a, for all instances at once.</summary>
    AfterWrite<BallotMark, Prepare> Begin();

    /// <summary>Phase 2a of one instance.</summary>
    InInstance<Accept>? Step(in InInstance<Promise> promise);

    /// <summary>The process crashed; it starts again with what its disk holds.</summary>
    void Restart(BallotMark durable);

    /// <summary>Writes what is in memory as canonical bytes.</summary>
    void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    void Read(ref StateReader reader);
}

/// <summary>What <see cref="CommitWorld"/> asks of an acceptor; <see cref="RealCommitAcceptor"/> is the real
/// one.</summary>
public interface ICommitAcceptorRole
{
    /// <summary>Phase 1b of one instance.</summary>
    Answer<Promise> Step(in InInstance<Prepare> prepare);

    /// <summary>Phase 2b of one instance.</summary>
    Answer<Accepted> Step(in InInstance<Accept> accept);

    /// <summary>The transaction is over.</summary>
    void Step(in Finished finished);

    /// <summary>The process crashed; it starts again with what its disk holds.</summary>
    void Restart(IReadOnlyList<Finished> marks, IReadOnlyList<InstanceRecord> records);

    /// <summary>Writes what is in memory as canonical bytes.</summary>
    void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    void Read(ref StateReader reader);
}

/// <summary>The real participant.</summary>
/// <param name="self">Its number.</param>
/// <param name="transaction">The transaction.</param>
public class RealParticipant(NodeId self, Transaction transaction) : IParticipantRole
{
    private Participant _participant = new(self, transaction, default);

    /// <inheritdoc/>
    public virtual AfterWrite<VoteRecord, InInstance<Accept>> Cast(Vote vote) => _participant.Cast(vote);

    /// <inheritdoc/>
    public virtual void Restart(VoteRecord durable) => _participant = new Participant(self, transaction, durable);
}

/// <summary>The real recovery, of incarnation 1.</summary>
/// <param name="self">Its number.</param>
/// <param name="configuration">The acceptors.</param>
/// <param name="transaction">The transaction.</param>
public class RealRecovery(NodeId self, Configuration configuration, Transaction transaction) : IRecoveryRole
{
    private Recovery _recovery = New(self, configuration, transaction, default);

    /// <inheritdoc/>
    public virtual AfterWrite<BallotMark, Prepare> Begin() => _recovery.Begin();

    /// <inheritdoc/>
    public virtual InInstance<Accept>? Step(in InInstance<Promise> promise) => _recovery.Step(promise);

    /// <inheritdoc/>
    public virtual void Restart(BallotMark durable) =>
        _recovery = New(self, configuration, transaction, durable);

    /// <inheritdoc/>
    public virtual void Write(StateWriter writer) => _recovery.Write(writer);

    /// <inheritdoc/>
    public virtual void Read(ref StateReader reader) => _recovery.Read(ref reader);

    // It hears no acceptances: all instances stay open to it, which is the most that it can get wrong.
    private static Recovery New(
        NodeId self, Configuration configuration, Transaction transaction, BallotMark durable) =>
        new(self, 1, configuration, transaction, new OutcomeLearner(configuration, transaction), durable);
}

/// <summary>The real acceptor. It forgets what is over as early as it ever may.</summary>
/// <param name="self">Its number.</param>
public class RealCommitAcceptor(NodeId self) : ICommitAcceptorRole
{
    private CommitAcceptor _acceptor = New(self);

    /// <inheritdoc/>
    public virtual Answer<Promise> Step(in InInstance<Prepare> prepare) => _acceptor.Step(prepare);

    /// <inheritdoc/>
    public virtual Answer<Accepted> Step(in InInstance<Accept> accept) => _acceptor.Step(accept);

    /// <inheritdoc/>
    public virtual void Step(in Finished finished) => _acceptor.Step(finished);

    /// <inheritdoc/>
    public virtual void Restart(IReadOnlyList<Finished> marks, IReadOnlyList<InstanceRecord> records)
    {
        _acceptor = New(self);
        foreach (var mark in marks)
        {
            _acceptor.Recover(mark);
        }
        foreach (var record in records)
        {
            _acceptor.Recover(record);
        }
    }

    /// <inheritdoc/>
    public virtual void Write(StateWriter writer) => _acceptor.Write(writer);

    /// <inheritdoc/>
    public virtual void Read(ref StateReader reader) => _acceptor.Read(ref reader);

    private static CommitAcceptor New(NodeId self) =>
        new(self, new CommitLimits { FinishedMax = 0, WindowTransactions = 1 });
}
