using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Essential;

/// <summary>
/// What <see cref="PaxosWorld"/> asks of an acceptor. <see cref="EssentialAcceptor"/> is the real one; whoever wants to
/// see what a rule is good for writes a wrong twin.
/// </summary>
public interface IAcceptorRole
{
    /// <summary>What it has in memory: all of it, or the world would not notice a step that changed the rest.</summary>
    AcceptorState State { get; }

    /// <summary>Phase 1b.</summary>
    AfterWrite<AcceptorState, Promise>? Step(in Prepare prepare);

    /// <summary>Phase 2b.</summary>
    AfterWrite<AcceptorState, Accepted>? Step(in Accept accept);

    /// <summary>The process crashed; it starts again with what its disk holds.</summary>
    void Restart(AcceptorState durable);

    /// <summary>Writes what is in memory as canonical bytes.</summary>
    void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    void Read(ref StateReader reader);
}

/// <summary>
/// What <see cref="PaxosWorld"/> asks of a proposer; <see cref="EssentialProposer"/> is the real one.
/// </summary>
public interface IProposerRole
{
    /// <summary>Who has answered: a step on a promise that changes anything changes this.</summary>
    MemberSet Promises { get; }

    /// <summary>Its client wishes for a value.</summary>
    Accept? Propose(Value value);

    /// <summary>Phase 1a.</summary>
    AfterWrite<BallotMark, Prepare> Prepare();

    /// <summary>Phase 2a.</summary>
    Accept? Step(in Promise promise);

    /// <summary>The process crashed; it starts again with what its disk holds.</summary>
    void Restart(BallotMark durable);

    /// <summary>Writes what is in memory as canonical bytes.</summary>
    void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    void Read(ref StateReader reader);
}

/// <summary>The real acceptor.</summary>
/// <param name="self">Its number.</param>
public class EssentialAcceptor(NodeId self) : IAcceptorRole
{
    private Acceptor _acceptor = new(self, default);

    /// <inheritdoc/>
    public virtual AcceptorState State => _acceptor.State;

    /// <inheritdoc/>
    public virtual AfterWrite<AcceptorState, Promise>? Step(in Prepare prepare) => _acceptor.Step(prepare);

    /// <inheritdoc/>
    public virtual AfterWrite<AcceptorState, Accepted>? Step(in Accept accept) => _acceptor.Step(accept);

    /// <inheritdoc/>
    public virtual void Restart(AcceptorState durable) => _acceptor = new Acceptor(self, durable);

    /// <inheritdoc/>
    public virtual void Write(StateWriter writer) => _acceptor.Write(writer);

    /// <inheritdoc/>
    public virtual void Read(ref StateReader reader) => _acceptor.Read(ref reader);
}

/// <summary>The real proposer, of incarnation 1.</summary>
/// <param name="self">Its number.</param>
/// <param name="configuration">Who votes.</param>
public class EssentialProposer(NodeId self, Configuration configuration) : IProposerRole
{
    private Proposer _proposer = new(self, 1, configuration, default);

    /// <inheritdoc/>
    public MemberSet Promises => _proposer.Promises;

    /// <inheritdoc/>
    public virtual Accept? Propose(Value value) => _proposer.Propose(value);

    /// <inheritdoc/>
    public virtual AfterWrite<BallotMark, Prepare> Prepare() => _proposer.Prepare();

    /// <inheritdoc/>
    public virtual Accept? Step(in Promise promise) => _proposer.Step(promise);

    /// <inheritdoc/>
    public virtual void Restart(BallotMark durable) => _proposer = new Proposer(self, 1, configuration, durable);

    /// <inheritdoc/>
    public void Write(StateWriter writer) => _proposer.Write(writer);

    /// <inheritdoc/>
    public void Read(ref StateReader reader) => _proposer.Read(ref reader);
}
