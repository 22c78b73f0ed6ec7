using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Paxos.External;

/// <summary>
/// A <see cref="Practical.Member"/> that knows who leads, for hosts that have a failure detector of their own (an
/// operator, a cluster manager, a lease): the host says when to <see cref="Prepare"/>, who wins proclaims it, and all
/// follow the highest ballot that was proclaimed.
/// </summary>
/// <remarks>
/// "A single distinguished proposer" is needed for progress only: "safety is ensured regardless of the success or
/// failure of the election" (Lamport 2001, §2.4). Nobody leads at the start, whatever the host has agreed on: the first
/// leader, too, completes phase 1.
/// </remarks>
/// <param name="self">Its number.</param>
/// <param name="incarnation">Which life of its storage this is; given by the cluster.</param>
/// <param name="configuration">Who votes, and which sets of voters suffice.</param>
/// <param name="durable">What its disk holds; the default for a disk that was never written.</param>
public sealed class Member(NodeId self, uint incarnation, Configuration configuration, MemberState durable)
{
    private readonly Practical.Member _member = new(self, incarnation, configuration, durable);

    /// <summary>Its number.</summary>
    public NodeId Self => self;

    /// <summary>The highest ballot that is believed to lead; <see cref="Ballot.None"/> while nobody is.</summary>
    public Ballot Leader { get; private set; }

    /// <inheritdoc cref="Practical.Member.State"/>
    public MemberState State => _member.State;

    /// <inheritdoc cref="Practical.Member.IsActive"/>
    public bool IsActive
    {
        get => _member.IsActive;
        set => _member.IsActive = value;
    }

    /// <inheritdoc cref="Practical.Proposer.Stage"/>
    public ProposerStage Stage => _member.Stage;

    /// <inheritdoc cref="Practical.Proposer.IsLeader"/>
    public bool IsLeader => _member.IsLeader;

    /// <inheritdoc cref="Practical.Proposer.Ballot"/>
    public Ballot Ballot => _member.Ballot;

    /// <inheritdoc cref="Practical.Proposer.Value"/>
    public Value? Value => _member.Value;

    /// <inheritdoc cref="Practical.Proposer.Nacks"/>
    public MemberSet Nacks => _member.Nacks;

    /// <inheritdoc cref="Practical.Learner.Chosen"/>
    public Value? Chosen => _member.Chosen;

    /// <inheritdoc cref="Practical.Proposer.Propose"/>
    public Accept? Propose(Value value) => _member.Propose(value);

    /// <inheritdoc cref="Practical.Proposer.Prepare"/>
    public AfterWrite<MemberState, Prepare>? Prepare()
    {
        var prepare = _member.Prepare();
        ForgetOwnLead();
        return prepare;
    }

    /// <inheritdoc cref="Practical.Proposer.ResendPrepare"/>
    public AfterWrite<MemberState, Prepare>? ResendPrepare() => _member.ResendPrepare();

    /// <inheritdoc cref="Practical.Proposer.ResendAccept"/>
    public Accept? ResendAccept() => _member.ResendAccept();

    /// <inheritdoc cref="Practical.Member.Step(in Essential.Prepare)"/>
    public Answer<MemberState, Promise> Step(in Prepare prepare) => _member.Step(prepare);

    /// <inheritdoc cref="Practical.Member.Step(in Accept)"/>
    public Answer<MemberState, Accepted> Step(in Accept accept) => _member.Step(accept);

    /// <inheritdoc cref="Practical.Learner.Step"/>
    public Value? Step(in Accepted accepted) => _member.Step(accepted);

    /// <inheritdoc cref="Practical.Proposer.Resign"/>
    public void Resign()
    {
        _member.Resign();
        ForgetOwnLead();
    }

    /// <summary>Phase 2a; the promise that completes a quorum gains the lead.</summary>
    public Outcome Step(in Promise promise)
    {
        var led = IsLeader;
        var accept = _member.Step(promise);
        if (led || !IsLeader)
        {
            return new(accept, null, null);
        }
        var change = new LeaderChange(Leader, Ballot, OwnLead.Gained);
        Leader = Ballot;
        return new(accept, IsActive ? new Proclamation(Ballot) : null, change);
    }

    /// <summary>
    /// Counts a refusal. A leader that cannot get a quorum any more loses the lead, and knows of no other leader until
    /// one proclaims; a candidate gives its attempt up, see <see cref="Stage"/>. To prepare again is for the host.
    /// </summary>
    public LeaderChange? Step(in Nack nack)
    {
        var led = IsLeader;
        if (!_member.Step(nack) || !led)
        {
            return null;
        }
        var change = new LeaderChange(Leader, Ballot.None, OwnLead.Lost);
        Leader = Ballot.None;
        return change;
    }

    /// <summary>
    /// Follows whoever leads under a higher ballot than the one known: an own lead or attempt at it ends there. Lower
    /// and equal ones change nothing.
    /// </summary>
    public LeaderChange? Step(in Proclamation proclamation)
    {
        if (proclamation.Ballot <= Leader || proclamation.Ballot.Round > Ballot.RoundMax
            || proclamation.Ballot.Node == self)
        {
            return null;
        }
        var change = new LeaderChange(
            Leader, proclamation.Ballot, IsLeader ? OwnLead.Lost : OwnLead.Unchanged);
        _member.Observe(proclamation.Ballot);
        _member.Resign();
        Leader = proclamation.Ballot;
        return change;
    }

    /// <summary>An own lead ends with the ballot that it rested on.</summary>
    private void ForgetOwnLead() => Leader = Leader.Node == self && !IsLeader ? Ballot.None : Leader;

    /// <summary>Writes canonical bytes.</summary>
    public void Write(StateWriter writer)
    {
        _member.Write(writer);
        writer.Write(Leader);
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _member.Read(ref reader);
        Leader = reader.ReadBallot();
    }
}
