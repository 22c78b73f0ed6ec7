using Synod.Paxos.Essential;

namespace Synod.Paxos.Practical;

/// <summary>
/// Proposer, acceptor and learner of one place, with one record on one disk. Its proposer hears of foreign ballots also
/// through what its acceptor is asked.
/// </summary>
/// <remarks>
/// Prepare and Accept go to all members, itself included; Promise and Nack to the owner of their ballot; Accepted to
/// all members. <see cref="Outbox{TRecord, TMessage}"/> holds back what waits for the disk.
/// </remarks>
public sealed class Member
{
    private readonly Proposer _proposer;
    private readonly Acceptor _acceptor;
    private readonly Learner _learner;
    private BallotMark _mark;

    /// <summary>Starts a member, for the first time or after a crash.</summary>
    /// <param name="self">Its number.</param>
    /// <param name="incarnation">Which life of its storage this is; given by the cluster.</param>
    /// <param name="configuration">
    /// Who votes, and which sets of voters suffice. In the middle of a decision it can be exchanged only for one whose
    /// quorums meet the old one's, and only by starting again from <see cref="State"/>: what was counted is forgotten.
    /// </param>
    /// <param name="durable">What its disk holds; the default for a disk that was never written.</param>
    public Member(NodeId self, uint incarnation, Configuration configuration, MemberState durable)
    {
        _proposer = new Proposer(self, incarnation, configuration, durable.Mark);
        _acceptor = new Acceptor(self, durable.Acceptor);
        _learner = new Learner(configuration);
        _mark = durable.Mark;
        Self = self;
        Configuration = configuration;
        // Another's ballot that was promised is one to be above.
        _proposer.Observe(durable.Acceptor.Promised);
    }

    /// <summary>Its number.</summary>
    public NodeId Self { get; }

    /// <summary>Who votes.</summary>
    public Configuration Configuration { get; }

    /// <summary>What must outlive a crash, as it is in memory.</summary>
    public MemberState State => new(_mark, _acceptor.State);

    /// <summary>
    /// Whether proposer and acceptor send; a passive member takes in, writes, learns and says nothing.
    /// </summary>
    public bool IsActive
    {
        get => _acceptor.IsActive;
        set => (_acceptor.IsActive, _proposer.IsActive) = (value, value);
    }

    /// <inheritdoc cref="Proposer.Stage"/>
    public ProposerStage Stage => _proposer.Stage;

    /// <inheritdoc cref="Proposer.IsLeader"/>
    public bool IsLeader => _proposer.IsLeader;

    /// <inheritdoc cref="Proposer.Ballot"/>
    public Ballot Ballot => _proposer.Ballot;

    /// <inheritdoc cref="Proposer.Value"/>
    public Value? Value => _proposer.Value;

    /// <inheritdoc cref="Proposer.HighestAccepted"/>
    public Ballot HighestAccepted => _proposer.HighestAccepted;

    /// <inheritdoc cref="Proposer.Promises"/>
    public MemberSet Promises => _proposer.Promises;

    /// <inheritdoc cref="Proposer.Nacks"/>
    public MemberSet Nacks => _proposer.Nacks;

    /// <inheritdoc cref="Learner.Chosen"/>
    public Value? Chosen => _learner.Chosen;

    /// <inheritdoc cref="Learner.ChosenBallot"/>
    public Ballot ChosenBallot => _learner.ChosenBallot;

    /// <inheritdoc cref="Learner.Acceptors"/>
    public MemberSet Acceptors => _learner.Acceptors;

    /// <inheritdoc cref="Proposer.Propose"/>
    public Accept? Propose(Value value) => _proposer.Propose(value);

    /// <inheritdoc cref="Proposer.Prepare"/>
    public AfterWrite<MemberState, Prepare>? Prepare() => Marked(_proposer.Prepare());

    /// <inheritdoc cref="Proposer.ResendPrepare"/>
    public AfterWrite<MemberState, Prepare>? ResendPrepare() => Marked(_proposer.ResendPrepare());

    /// <inheritdoc cref="Proposer.ResendAccept"/>
    public Accept? ResendAccept() => _proposer.ResendAccept();

    /// <inheritdoc cref="Proposer.Observe"/>
    public void Observe(Ballot ballot) => _proposer.Observe(ballot);

    /// <inheritdoc cref="Proposer.Resign"/>
    public void Resign() => _proposer.Resign();

    /// <inheritdoc cref="Acceptor.Step(in Essential.Prepare)"/>
    public Answer<MemberState, Promise> Step(in Prepare prepare)
    {
        _proposer.Observe(prepare.Ballot);
        return Whole(_acceptor.Step(prepare));
    }

    /// <inheritdoc cref="Acceptor.Step(in Accept)"/>
    public Answer<MemberState, Accepted> Step(in Accept accept)
    {
        _proposer.Observe(accept.Ballot);
        return Whole(_acceptor.Step(accept));
    }

    /// <inheritdoc cref="Proposer.Step(in Promise)"/>
    public Accept? Step(in Promise promise) => _proposer.Step(promise);

    /// <inheritdoc cref="Proposer.Step(in Nack)"/>
    public bool Step(in Nack nack) => _proposer.Step(nack);

    /// <inheritdoc cref="Learner.Step"/>
    public Value? Step(in Accepted accepted) => _learner.Step(accepted);

    private AfterWrite<MemberState, Prepare>? Marked(AfterWrite<BallotMark, Prepare>? prepare)
    {
        if (prepare is not { } some)
        {
            return null;
        }
        _mark = some.Record;
        return some.Within(State, static message => message);
    }

    private Answer<MemberState, TReply> Whole<TReply>(in Answer<AcceptorState, TReply> answer)
        where TReply : struct
    {
        MemberState? record = answer.Record.HasValue ? State : null;
        return new(record, answer.Reply?.Within(State, static message => message), answer.Nack);
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.Write(_mark.Ballot);
        _proposer.Write(writer);
        _acceptor.Write(writer);
        _learner.Write(writer);
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _mark = new BallotMark(reader.ReadBallot());
        _proposer.Read(ref reader);
        _acceptor.Read(ref reader);
        _learner.Read(ref reader);
    }
}
