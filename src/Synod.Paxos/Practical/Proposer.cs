using Synod.Paxos.Essential;

namespace Synod.Paxos.Practical;

/// <summary>How far a proposer is with its ballot.</summary>
public enum ProposerStage : byte
{
    /// <summary>It has no ballot, or one that cannot get a quorum any more.</summary>
    Idle = 0,

    /// <summary>Phase 1 is under way.</summary>
    Preparing = 1,

    /// <summary>Phase 1 is complete: its ballot is prepared, and it believes that it leads.</summary>
    Leading = 2,
}

/// <summary>
/// The proposer of <see cref="Essential"/> in a world of several proposers and lossy links: it takes note of others'
/// ballots, gives up one that cannot succeed, sends again, knows when it leads, and can be passive.
/// </summary>
/// <remarks>
/// To lead is a belief: somebody else may have prepared a higher ballot meanwhile. All that follows is that its Accepts
/// are refused. It leads only after phase 1 of exactly its ballot; there is no first leader by agreement.
/// </remarks>
public sealed class Proposer
{
    private readonly Essential.Proposer _paper;
    private readonly Configuration _configuration;
    private Ballot _observed;

    /// <summary>Starts a proposer, for the first time or after a crash.</summary>
    /// <param name="self">Its number.</param>
    /// <param name="incarnation">Which life of its storage this is; given by the cluster.</param>
    /// <param name="configuration">Who votes, and which sets of voters suffice.</param>
    /// <param name="durable">
    /// The mark on its disk; the default for a disk that was never written. Without it a rebuilt proposer would use
    /// ballots again, for other values.
    /// </param>
    public Proposer(NodeId self, uint incarnation, Configuration configuration, BallotMark durable)
    {
        _paper = new Essential.Proposer(self, incarnation, configuration, durable);
        _configuration = configuration;
        _observed = durable.Ballot;
    }

    /// <summary>Whether it sends. One that does not still takes in what it is sent.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>How far it is.</summary>
    public ProposerStage Stage { get; private set; }

    /// <summary>Whether it believes to lead.</summary>
    public bool IsLeader => Stage == ProposerStage.Leading;

    /// <summary>The ballot it works on; <see cref="Ballot.None"/> until this life's first.</summary>
    public Ballot Ballot => _paper.Ballot;

    /// <summary>What it proposes or will propose: its own wish, or what it found accepted.</summary>
    public Value? Value => _paper.Value;

    /// <summary>The ballot under which <see cref="Value"/> was found; none for its own wish.</summary>
    public Ballot HighestAccepted => _paper.HighestAccepted;

    /// <summary>Who promised <see cref="Ballot"/>.</summary>
    public MemberSet Promises => _paper.Promises;

    /// <summary>Who refused <see cref="Ballot"/>.</summary>
    public MemberSet Nacks { get; private set; }

    /// <summary>Wishes for a value. The first wish stands; a leader's goes out at once.</summary>
    public Accept? Propose(Value value)
    {
        var accept = _paper.Propose(value);
        return IsLeader && IsActive ? accept : null;
    }

    /// <summary>
    /// Phase 1a with a new ballot, above all it has used and all it has heard of. It leads no more until that one is
    /// prepared. Null from a passive one, which begins nothing.
    /// </summary>
    public AfterWrite<BallotMark, Prepare>? Prepare()
    {
        if (!IsActive)
        {
            return null;
        }
        Stage = ProposerStage.Preparing;
        Nacks = MemberSet.Empty;
        var prepare = _paper.Prepare(above: _observed);
        // The new ballot is above it: there is nothing to be above any more.
        _observed = Ballot.None;
        return prepare;
    }

    /// <summary>The Prepare under way once more; promises stay. Null if there is none, or from a passive one.</summary>
    public AfterWrite<BallotMark, Prepare>? ResendPrepare() =>
        Stage == ProposerStage.Preparing && IsActive ? new(new BallotMark(Ballot), new Prepare(Ballot)) : null;

    /// <summary>
    /// The leader's Accept once more; the same, for its ballot is bound to that value. Null if there is none, or from a
    /// passive one.
    /// </summary>
    public Accept? ResendAccept() => IsLeader && IsActive && Value is { } value ? new Accept(Ballot, value) : null;

    /// <summary>
    /// Phase 2a. The promise that completes a quorum makes it the leader, with or without a value to propose; later
    /// ones are ignored.
    /// </summary>
    public Accept? Step(in Promise promise)
    {
        Observe(promise.Ballot);
        if (Stage != ProposerStage.Preparing)
        {
            return null;
        }
        var accept = _paper.Step(promise);
        if (!_configuration.Quorums.IsPhase1Quorum(Promises))
        {
            return null;
        }
        Stage = ProposerStage.Leading;
        return IsActive ? accept : null;
    }

    /// <summary>
    /// Counts a refusal. True at the one step that shows that who has not refused is no quorum any more: the ballot is
    /// given up, and leadership with it. When to try a higher one is the host's decision; at once is a storm.
    /// </summary>
    public bool Step(in Nack nack)
    {
        Observe(nack.Promised);
        var place = _configuration.PlaceOf(nack.From);
        if (Stage == ProposerStage.Idle || nack.Ballot != Ballot || place < 0)
        {
            return false;
        }
        // Only who has promised more refuses.
        Check.That(nack.Promised > nack.Ballot);
        Nacks = Nacks.With(place);
        var left = Nacks.ComplementIn(MemberSet.First(_configuration.Voters.Count));
        // A promise that was given counts, though its giver has promised more since; it will not accept any more.
        var canSucceed = Stage == ProposerStage.Preparing
            ? _configuration.Quorums.IsPhase1Quorum(new MemberSet(left.Bits | Promises.Bits))
            : _configuration.Quorums.IsPhase2Quorum(left);
        if (canSucceed)
        {
            return false;
        }
        Stage = ProposerStage.Idle;
        return true;
    }

    /// <summary>
    /// Takes note of a ballot that somebody uses: the next own one will be above it. Never lowers anything; a round
    /// beyond <see cref="Ballot.RoundMax"/> is nonsense and ignored.
    /// </summary>
    public void Observe(Ballot ballot)
    {
        // The own ballot, and those below, are passed anyhow.
        if (ballot > Ballot && ballot > _observed && ballot.Round < Ballot.RoundMax)
        {
            _observed = ballot;
        }
    }

    /// <summary>Leaves the lead, or the attempt at it, to somebody else.</summary>
    public void Resign() => Stage = ProposerStage.Idle;

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        _paper.Write(writer);
        writer.Write(_observed);
        writer.WriteByte((byte)Stage);
        writer.Write(Nacks);
        writer.Write(IsActive);
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _paper.Read(ref reader);
        _observed = reader.ReadBallot();
        Stage = (ProposerStage)reader.ReadByte();
        Nacks = reader.ReadMemberSet();
        IsActive = reader.ReadBool();
    }
}
