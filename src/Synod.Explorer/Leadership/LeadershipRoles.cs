using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Functional;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Leadership;

/// <summary>What a role wants sent.</summary>
/// <param name="Prepare">Phase 1a, after its record.</param>
/// <param name="Accept">Phase 2a.</param>
/// <param name="SignOfLife">The ballot of a heartbeat or proclamation.</param>
public readonly record struct LeaderOutcome(
    AfterWrite<MemberState, Prepare>? Prepare, Accept? Accept, Ballot? SignOfLife);

/// <summary>
/// What <see cref="LeadershipWorld"/> asks of a member; <see cref="FunctionalMember"/> and <see cref="ExternalMember"/>
/// are the real ones. Whoever wants to see what a rule is good for writes a wrong twin.
/// </summary>
public interface ILeadershipRole
{
    /// <summary>How far its proposer is with its ballot.</summary>
    bool IsLeader { get; }

    /// <summary>The ballot that it works on.</summary>
    Ballot Ballot { get; }

    /// <summary>The ballot that it believes to lead.</summary>
    Ballot Leader { get; }

    /// <summary>What is in memory of what must outlive a crash.</summary>
    MemberState State { get; }

    /// <summary>Its client wishes for a value.</summary>
    Accept? Propose(Value value);

    /// <summary>Time passes until something is due, or the failure detector says that it is its turn.</summary>
    LeaderOutcome Tick();

    /// <summary>Phase 1b.</summary>
    Answer<MemberState, Promise> Step(in Prepare prepare);

    /// <summary>Phase 2b.</summary>
    Answer<MemberState, Accepted> Step(in Accept accept);

    /// <summary>Phase 2a.</summary>
    LeaderOutcome Step(in Promise promise);

    /// <summary>A refusal.</summary>
    void Step(in Nack nack);

    /// <summary>A sign of life of who leads under that ballot.</summary>
    void Hear(Ballot ballot);

    /// <summary>The process crashed; it starts again with what its disk holds.</summary>
    void Restart(MemberState durable);

    /// <summary>Writes what is in memory as canonical bytes.</summary>
    void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    void Read(ref StateReader reader);
}

/// <summary>The real member with an external failure detector, of incarnation 1: a tick tells it to campaign.</summary>
/// <param name="self">Its number.</param>
/// <param name="configuration">Who votes.</param>
public class ExternalMember(NodeId self, Configuration configuration) : ILeadershipRole
{
    private Paxos.External.Member _member = new(self, 1, configuration, default);

    /// <inheritdoc/>
    public bool IsLeader => _member.IsLeader;

    /// <inheritdoc/>
    public Ballot Ballot => _member.Ballot;

    /// <inheritdoc/>
    public Ballot Leader => _member.Leader;

    /// <inheritdoc/>
    public MemberState State => _member.State;

    /// <inheritdoc/>
    public virtual Accept? Propose(Value value) => _member.Propose(value);

    /// <inheritdoc/>
    public virtual LeaderOutcome Tick() => new(_member.Prepare(), null, null);

    /// <inheritdoc/>
    public virtual Answer<MemberState, Promise> Step(in Prepare prepare) => _member.Step(prepare);

    /// <inheritdoc/>
    public virtual Answer<MemberState, Accepted> Step(in Accept accept) => _member.Step(accept);

    /// <inheritdoc/>
    public virtual LeaderOutcome Step(in Promise promise)
    {
        var outcome = _member.Step(promise);
        return new(null, outcome.Accept, outcome.Proclamation?.Ballot);
    }

    /// <inheritdoc/>
    public virtual void Step(in Nack nack) => _member.Step(nack);

    /// <inheritdoc/>
    public virtual void Hear(Ballot ballot) => _member.Step(new Paxos.External.Proclamation(ballot));

    /// <inheritdoc/>
    public virtual void Restart(MemberState durable) => _member = new(self, 1, configuration, durable);

    /// <inheritdoc/>
    public void Write(StateWriter writer) => _member.Write(writer);

    /// <inheritdoc/>
    public void Read(ref StateReader reader) => _member.Read(ref reader);
}

/// <summary>
/// The real member with heartbeats, of incarnation 1. Its clock goes from one instant at which something is due to the
/// next, however long that takes, so that how clocks run and what is drawn makes no difference.
/// </summary>
/// <param name="self">Its number.</param>
/// <param name="configuration">Who votes.</param>
public class FunctionalMember(NodeId self, Configuration configuration) : ILeadershipRole
{
    private static readonly LeadershipOptions Options = new();
    private static readonly Instant Epoch = new(1_000_000_000_000);
    private Paxos.Functional.Member _member = new(self, 1, configuration, default, Options, Epoch);
    private Instant _now = Epoch;

    /// <inheritdoc/>
    public bool IsLeader => _member.IsLeader;

    /// <inheritdoc/>
    public Ballot Ballot => _member.Ballot;

    /// <inheritdoc/>
    public Ballot Leader => _member.Leader;

    /// <inheritdoc/>
    public MemberState State => _member.State;

    /// <inheritdoc/>
    public virtual Accept? Propose(Value value) => _member.Propose(value);

    /// <inheritdoc/>
    public virtual LeaderOutcome Tick()
    {
        _now = _now >= _member.NextTick ? _now : _member.NextTick;
        return Told(_member.Tick(_now, draw: 0));
    }

    /// <inheritdoc/>
    public virtual Answer<MemberState, Promise> Step(in Prepare prepare) => _member.Step(prepare, _now);

    /// <inheritdoc/>
    public virtual Answer<MemberState, Accepted> Step(in Accept accept) => _member.Step(accept);

    /// <inheritdoc/>
    public virtual LeaderOutcome Step(in Promise promise) => Told(_member.Step(promise, _now));

    /// <inheritdoc/>
    public virtual void Step(in Nack nack) => _member.Step(nack, _now, draw: 0);

    /// <inheritdoc/>
    public virtual void Hear(Ballot ballot) => _member.Step(new Heartbeat(ballot), _now);

    /// <inheritdoc/>
    public virtual void Restart(MemberState durable) =>
        _member = new(self, 1, configuration, durable, Options, _now);

    /// <inheritdoc/>
    public void Write(StateWriter writer) => _member.Write(writer, _now);

    /// <inheritdoc/>
    public void Read(ref StateReader reader)
    {
        _now = Epoch;
        _member.Read(ref reader, _now);
    }

    private static LeaderOutcome Told(in Outcome outcome) =>
        new(outcome.Prepare, outcome.Accept, outcome.Heartbeat?.Ballot);
}
