using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Practical;

/// <summary>
/// What <see cref="PracticalWorld"/> asks of a member; <see cref="PracticalMember"/> is the real one. Whoever wants to
/// see what a rule is good for writes a wrong twin.
/// </summary>
public interface IMemberRole
{
    /// <summary>How far its proposer is.</summary>
    ProposerStage Stage { get; }

    /// <summary>The ballot that it works on.</summary>
    Ballot Ballot { get; }

    /// <summary>Who promised it.</summary>
    MemberSet Promises { get; }

    /// <summary>What is in memory of what must outlive a crash.</summary>
    MemberState State { get; }

    /// <summary>What it has learned to be chosen.</summary>
    Value? Chosen { get; }

    /// <summary>Its client wishes for a value.</summary>
    Accept? Propose(Value value);

    /// <summary>Phase 1a.</summary>
    AfterWrite<MemberState, Prepare>? Prepare();

    /// <summary>Phase 1b.</summary>
    Answer<MemberState, Promise> Step(in Prepare prepare);

    /// <summary>Phase 2b.</summary>
    Answer<MemberState, Accepted> Step(in Accept accept);

    /// <summary>Phase 2a.</summary>
    Accept? Step(in Promise promise);

    /// <summary>A refusal.</summary>
    bool Step(in Nack nack);

    /// <summary>Learning.</summary>
    Value? Step(in Accepted accepted);

    /// <summary>Takes note of a ballot, so that the next own one will be above it.</summary>
    void Observe(Ballot ballot);

    /// <summary>The process crashed; it starts again with what its disk holds.</summary>
    /// <returns>What it takes its disk to hold: the same, unless it is wrong.</returns>
    MemberState Restart(MemberState durable);

    /// <summary>Writes what is in memory as canonical bytes.</summary>
    void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    void Read(ref StateReader reader);
}

/// <summary>The real member, of incarnation 1.</summary>
/// <param name="self">Its number.</param>
/// <param name="configuration">Who votes.</param>
public class PracticalMember(NodeId self, Configuration configuration) : IMemberRole
{
    private Member _member = new(self, 1, configuration, default);

    /// <inheritdoc/>
    public ProposerStage Stage => _member.Stage;

    /// <inheritdoc/>
    public Ballot Ballot => _member.Ballot;

    /// <inheritdoc/>
    public MemberSet Promises => _member.Promises;

    /// <inheritdoc/>
    public MemberState State => _member.State;

    /// <inheritdoc/>
    public Value? Chosen => _member.Chosen;

    /// <inheritdoc/>
    public virtual Accept? Propose(Value value) => _member.Propose(value);

    /// <inheritdoc/>
    public virtual AfterWrite<MemberState, Prepare>? Prepare() => _member.Prepare();

    /// <inheritdoc/>
    public virtual Answer<MemberState, Promise> Step(in Prepare prepare) => _member.Step(prepare);

    /// <inheritdoc/>
    public virtual Answer<MemberState, Accepted> Step(in Accept accept) => _member.Step(accept);

    /// <inheritdoc/>
    public virtual Accept? Step(in Promise promise) => _member.Step(promise);

    /// <inheritdoc/>
    public virtual bool Step(in Nack nack) => _member.Step(nack);

    /// <inheritdoc/>
    public virtual Value? Step(in Accepted accepted) => _member.Step(accepted);

    /// <inheritdoc/>
    public void Observe(Ballot ballot) => _member.Observe(ballot);

    /// <inheritdoc/>
    public virtual MemberState Restart(MemberState durable)
    {
        _member = new Member(self, 1, configuration, durable);
        return durable;
    }

    /// <inheritdoc/>
    public virtual void Write(StateWriter writer) => _member.Write(writer);

    /// <inheritdoc/>
    public virtual void Read(ref StateReader reader) => _member.Read(ref reader);
}
