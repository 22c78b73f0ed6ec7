using Synod.Paxos.Essential;
using Synod.Paxos.External;
using Synod.Paxos.Practical;

namespace Synod.Paxos.Functional;

/// <summary>
/// An <see cref="External.Member"/> with a failure detector of its own: leaders send heartbeats, who hears none for a
/// while campaigns, who is refused backs off. Time and chance are inputs: instants of the host's monotonic clock, and
/// random draws of 64 bits.
/// </summary>
/// <remarks>
/// The host calls <see cref="Tick"/> at least at <see cref="NextTick"/>; ticks in between do nothing. Wrong timing
/// costs time and never safety. A follower's wish waits until it leads: to hand it to the leader instead is the host's.
/// </remarks>
public sealed partial class Member
{
    private readonly External.Member _member;
    private readonly LeadershipOptions _options;
    private readonly Backoff _backoff;
    private Instant _leaderHeard;
    private Instant _foreignPrepareHeard;
    private Instant _attemptEnds;
    private Instant _mayRetry;
    private Instant _nextHeartbeat;

    /// <summary>Starts a member, for the first time or after a crash.</summary>
    /// <param name="self">Its number.</param>
    /// <param name="incarnation">Which life of its storage this is; given by the cluster.</param>
    /// <param name="configuration">Who votes, and which sets of voters suffice.</param>
    /// <param name="durable">What its disk holds; the default for a disk that was never written.</param>
    /// <param name="options">Time spans.</param>
    /// <param name="now">The present; it first waits as if it had just heard others.</param>
    /// <exception cref="ArgumentException">The time spans cannot work.</exception>
    public Member(
        NodeId self, uint incarnation, Configuration configuration, MemberState durable, LeadershipOptions options,
        Instant now)
    {
        options.Validate();
        _member = new External.Member(self, incarnation, configuration, durable);
        _options = options;
        _backoff = new Backoff(options.BackoffMin, options.BackoffMax);
        (_leaderHeard, _foreignPrepareHeard, _mayRetry) = (now, now, now);
    }

    /// <inheritdoc cref="External.Member.Leader"/>
    public Ballot Leader => _member.Leader;

    /// <inheritdoc cref="Practical.Member.State"/>
    public MemberState State => _member.State;

    /// <inheritdoc cref="Practical.Member.IsActive"/>
    public bool IsActive
    {
        get => _member.IsActive;
        set => _member.IsActive = value;
    }

    /// <inheritdoc cref="Practical.Proposer.IsLeader"/>
    public bool IsLeader => _member.IsLeader;

    /// <summary>Whether an attempt to lead is under way.</summary>
    public bool IsAcquiring => _member.Stage == ProposerStage.Preparing;

    /// <inheritdoc cref="Practical.Proposer.Ballot"/>
    public Ballot Ballot => _member.Ballot;

    /// <inheritdoc cref="Practical.Proposer.Value"/>
    public Value? Value => _member.Value;

    /// <inheritdoc cref="Practical.Learner.Chosen"/>
    public Value? Chosen => _member.Chosen;

    /// <summary>The earliest instant at which a tick can do anything, as things stand.</summary>
    public Instant NextTick
    {
        get
        {
            if (!IsActive)
            {
                return Instant.Never;
            }
            if (IsLeader)
            {
                return _nextHeartbeat;
            }
            var silence = Later(_leaderHeard + _options.LivenessWindow, QuietUntil) + TimeSpan.FromTicks(1);
            return Later(silence, IsAcquiring ? _attemptEnds : _mayRetry);
        }
    }

    // Spans are counted in ticks of 100 ns, here as in IsLeaderAlive; NextTick is one tick past both.
    private bool IsQuiet(Instant now) => now - _foreignPrepareHeard <= _options.ForeignPrepareWindow;

    private Instant QuietUntil => _foreignPrepareHeard + _options.ForeignPrepareWindow;

    /// <summary>Whether the leader, this member or another, gave a sign of life within the liveness window.</summary>
    public bool IsLeaderAlive(Instant now) => now - _leaderHeard <= _options.LivenessWindow;

    /// <inheritdoc cref="Practical.Proposer.Propose"/>
    public Accept? Propose(Value value) => _member.Propose(value);

    /// <summary>
    /// A leader sends a heartbeat when one is due, and its Accept again: the votes that follow are also how a member
    /// learns that has missed the first ones. Who hears neither a leader nor another candidate begins an attempt to
    /// lead, or the next one. A passive member does nothing.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="draw">A random draw, for who has to back off.</param>
    public Outcome Tick(Instant now, ulong draw)
    {
        if (!IsActive)
        {
            return default;
        }
        if (IsLeader)
        {
            return now < _nextHeartbeat ? default : Beat(now);
        }
        if (IsLeaderAlive(now) || IsQuiet(now) || (IsAcquiring && now < _attemptEnds))
        {
            return default;
        }
        if (IsAcquiring && _member.Nacks != MemberSet.Empty)
        {
            GiveUp(now, draw);
        }
        if (now < _mayRetry)
        {
            return default;
        }
        _attemptEnds = now + _options.AttemptTimeout;
        return new(_member.Prepare(), null, null, null);
    }

    /// <inheritdoc cref="Practical.Member.Step(in Essential.Prepare)"/>
    public Answer<MemberState, Promise> Step(in Prepare prepare, Instant now)
    {
        if (prepare.Ballot.Node != _member.Self)
        {
            _foreignPrepareHeard = now;
        }
        return _member.Step(prepare);
    }

    /// <inheritdoc cref="Practical.Member.Step(in Accept)"/>
    public Answer<MemberState, Accepted> Step(in Accept accept) => _member.Step(accept);

    /// <inheritdoc cref="Practical.Learner.Step"/>
    public Value? Step(in Accepted accepted) => _member.Step(accepted);

    /// <summary>
    /// Phase 2a; the promise that completes a quorum gains the lead, and the first heartbeat leaves at once.
    /// </summary>
    public Outcome Step(in Promise promise, Instant now)
    {
        var outcome = _member.Step(promise);
        if (outcome.Change is not { } gained)
        {
            return new(null, outcome.Accept, null, null);
        }
        _backoff.Reset();
        return Beat(now) with { Accept = outcome.Accept, Change = gained };
    }

    /// <summary>
    /// Counts a refusal. A leader without a quorum loses the lead. A candidate without one gives its attempt up, once
    /// for all refusals of a ballot, and waits for a random while longer than the others' attempts are given.
    /// </summary>
    public LeaderChange? Step(in Nack nack, Instant now, ulong draw)
    {
        var acquired = IsAcquiring;
        var lost = _member.Step(nack);
        if (acquired && !IsAcquiring)
        {
            GiveUp(now, draw);
        }
        return lost;
    }

    /// <summary>
    /// A sign of life of the leader that is known, or of a higher one, which is followed: an own lead or attempt at it
    /// ends there. Lower ones are ignored.
    /// </summary>
    public LeaderChange? Step(in Heartbeat heartbeat, Instant now)
    {
        var change = _member.Step(new Proclamation(heartbeat.Ballot));
        if (change.HasValue || (heartbeat.Ballot == Leader && !Leader.IsNone))
        {
            _leaderHeard = now;
            _backoff.Reset();
        }
        return change;
    }

    private Outcome Beat(Instant now)
    {
        _leaderHeard = now;
        _nextHeartbeat = now + _options.HeartbeatPeriod;
        return new(null, _member.ResendAccept(), IsActive ? new Heartbeat(Ballot) : null, null);
    }

    private void GiveUp(Instant now, ulong draw)
    {
        _member.Resign();
        // On top of the silence that others are given: members that hear each other would end it together.
        _mayRetry = Later(now, QuietUntil) + _backoff.Next(draw);
    }

    private static Instant Later(Instant left, Instant right) => left >= right ? left : right;
}
