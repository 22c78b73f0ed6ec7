namespace Synod.Paxos.Essential;

/// <summary>
/// The proposer of single-decree Paxos (Lamport 2001, §2.2). It learns from a phase-1 quorum what may have been chosen
/// already, and proposes that; only where nothing can have been chosen does it propose its own value.
/// </summary>
public sealed class Proposer
{
    private readonly NodeId _self;
    private readonly uint _incarnation;
    private readonly Configuration _configuration;
    private Ballot _mark;
    private bool _acceptSent;

    /// <summary>Starts a proposer, for the first time or after a crash.</summary>
    /// <param name="self">Its number.</param>
    /// <param name="incarnation">Which life of its storage this is; given by the cluster.</param>
    /// <param name="configuration">Who votes, and which sets of voters suffice.</param>
    /// <param name="durable">The mark on its disk; the default for a disk that was never written.</param>
    public Proposer(NodeId self, uint incarnation, Configuration configuration, BallotMark durable)
    {
        _self = self;
        _incarnation = incarnation;
        _configuration = configuration;
        _mark = durable.Ballot;
    }

    /// <summary>
    /// The ballot it is working on. <see cref="Ballot.None"/> until this life's first <see cref="Prepare"/>: answers to
    /// a ballot of an earlier life, whose value is forgotten, must not count.
    /// </summary>
    public Ballot Ballot { get; private set; }

    /// <summary>
    /// What it will propose: its own wish, or what it found accepted. Never goes back to its own wish.
    /// </summary>
    public Value? Value { get; private set; }

    /// <summary>
    /// The ballot under which <see cref="Value"/> was found; <see cref="Ballot.None"/> for its own wish.
    /// </summary>
    public Ballot HighestAccepted { get; private set; }

    /// <summary>
    /// Who promised <see cref="Ballot"/>: a set of voters, so that a repeated answer does not count twice.
    /// </summary>
    public MemberSet Promises { get; private set; }

    /// <summary>
    /// Wishes for a value. The first wish stands; one that comes after phase 1 is complete goes out at once.
    /// </summary>
    public Accept? Propose(Value value)
    {
        Value ??= value;
        return AcceptOnce();
    }

    /// <summary>
    /// "A proposer selects a proposal number n and sends a prepare request with number n" (§2.2, phase 1a), a higher
    /// one each time. It leaves when the mark is on disk, or a proposer rebuilt after a crash could use n for another
    /// value.
    /// </summary>
    /// <param name="above">A ballot that is known to be taken by somebody; the new one is above it, too.</param>
    public AfterWrite<BallotMark, Prepare> Prepare(Ballot above = default)
    {
        _mark = Ballot.Max(_mark, above).NextFor(_self, _incarnation);
        Ballot = _mark;
        Promises = MemberSet.Empty;
        _acceptSent = false;
        return new(new BallotMark(Ballot), new Prepare(Ballot));
    }

    /// <summary>
    /// "If the proposer receives a response to its prepare requests (numbered n) from a majority of acceptors, then it
    /// sends an accept request [...] for a proposal numbered n with a value v, where v is the value of the
    /// highest-numbered proposal among the responses, or is any value if the responses reported no proposals"
    /// (§2.2, phase 2a). Null: not yet, or not any more.
    /// </summary>
    public Accept? Step(in Promise promise)
    {
        var place = _configuration.PlaceOf(promise.From);
        // After the Accept has left, a late answer must not change the value that this ballot is bound to.
        if (_acceptSent || Ballot.IsNone || promise.Ballot != Ballot || place < 0 || Promises.Contains(place))
        {
            return null;
        }
        // Under this ballot nobody can have accepted yet: it would have been used before.
        Check.That(promise.AcceptedBallot < Ballot);
        Check.That(promise.AcceptedBallot.IsNone == !promise.AcceptedValue.HasValue);
        Promises = Promises.With(place);
        if (promise.AcceptedBallot > HighestAccepted)
        {
            // P2c: what is found under the highest ballot may have been chosen; own wishes stand back.
            (HighestAccepted, Value) = (promise.AcceptedBallot, promise.AcceptedValue);
        }
        else if (promise.AcceptedBallot == HighestAccepted && !HighestAccepted.IsNone)
        {
            // Two values under one ballot: there is no safe choice between them.
            Check.That(promise.AcceptedValue == Value);
        }
        return AcceptOnce();
    }

    private Accept? AcceptOnce()
    {
        if (_acceptSent || Value is not { } value || !_configuration.Quorums.IsPhase1Quorum(Promises))
        {
            return null;
        }
        _acceptSent = true;
        return new Accept(Ballot, value);
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.Write(_mark);
        writer.Write(!Ballot.IsNone);
        writer.Write(Promises);
        writer.Write(_acceptSent);
        writer.Write(HighestAccepted);
        writer.Write(Value);
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _mark = reader.ReadBallot();
        Ballot = reader.ReadBool() ? _mark : Ballot.None;
        Promises = reader.ReadMemberSet();
        _acceptSent = reader.ReadBool();
        HighestAccepted = reader.ReadBallot();
        Value = reader.ReadOptionalValue();
    }
}
