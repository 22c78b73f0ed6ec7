namespace Synod.Paxos.Multi;

/// <summary>When to campaign, when to give way, and the end of a turn.</summary>
public sealed partial class Replica
{
    private Ballot _observed;
    private Ballot _reportedLeader;
    private Instant _graceUntil;
    private Slot _pageAskedFrom;
    private Instant _holdUntil;
    private Instant _campaignAt = Instant.Never;
    private Instant _quorumLostAt = Instant.Never;
    private int _attempts;
    private bool _campaignIsAskedFor;

    /// <summary>
    /// Ends a turn: whatever depends on time, and whatever is sent once per turn rather than once per step.
    /// </summary>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="draw">A random draw, for back-off.</param>
    /// <param name="output">The turn's output.</param>
    /// <returns>When the next turn is due even without input.</returns>
    public Instant Finish(Instant now, ulong draw, ReplicaOutput output)
    {
        Begin(now, output);
        GiveWayIfSuperseded();
        WatchOwnLeadership();
        CampaignIfNeeded(draw);
        while (_pending.TryPeek(out var command) && _proposer.WindowIsOpenFor(command.Length))
        {
            _pendingBytes -= command.Length;
            var (slot, decree) = _proposer.Open(_pending.Dequeue());
            ProposeIn(slot, decree);
        }
        _proposer.Retransmit();
        if (IsLeading)
        {
            _reads.StartRound(_proposer.Ballot, _learner.ChosenUpTo, _proposer.MayServeReads);
            _reads.RepeatRound(_proposer.Ballot);
        }
        else
        {
            RepeatQuestion();
        }
        _proposer.Announce();
        if (!CatchUpPaused)
        {
            if (_learner.AskIfBehind(_whomToAsk))
            {
                ForgetClaims();
            }
        }
        _connectivity.SendWhenDue(Promised, IsLeading, _proposer.Ballot, _learner.ChosenUpTo);
        ReportLeader();
        if (output.Records.Count > 0)
        {
            _learner.PersistPrefix();
        }
        return NextTimer();
    }

    private Instant NextTimer()
    {
        var next = Instant.Min(_connectivity.NextHeartbeat, _campaignAt);
        var busy = _reads.IsBusy || _learner.KnownChosen > _learner.ChosenUpTo || OpenSlots > 0;
        return busy ? Instant.Min(next, _context.Now + BusyInterval) : next;
    }

    private void WatchOwnLeadership()
    {
        if (_proposer.Phase == ProposerPhase.Preparing &&
            _context.Now - _proposer.LastPageAt >= _context.Options.ElectionTimeout)
        {
            _proposer.StepDown();
            _attempts++;
        }
        if (!IsLeading)
        {
            return;
        }
        if (_connectivity.IsQuorumConnected())
        {
            _quorumLostAt = Instant.Never;
        }
        else if (_quorumLostAt == Instant.Never)
        {
            _quorumLostAt = _context.Now;
        }
        else if (_context.Now - _quorumLostAt >= _context.Options.ElectionTimeout)
        {
            LoseLeadership(ReplicaEventKind.LeadershipLostWithoutQuorum);
            return;
        }
        var stuck = _proposer.StuckSince;
        if (stuck != Instant.Never && _context.Voters.Count > 1 &&
            _context.Now - stuck >= _context.Options.ElectionTimeout * 3)
        {
            // Proposals wait and nothing is chosen: somebody else may do better (a stalled disk, a deaf link).
            LoseLeadership(ReplicaEventKind.LeadershipHandedOver);
            _holdUntil = _context.Now + _context.Options.ElectionTimeout * 3;
        }
    }

    private void CampaignIfNeeded(ulong draw)
    {
        var asked = _campaignIsAskedFor;
        _campaignIsAskedFor = false;
        if (_proposer.Phase != ProposerPhase.Idle || (!asked && !MayCampaign()))
        {
            _campaignAt = Instant.Never;
            return;
        }
        if (_campaignAt == Instant.Never)
        {
            _campaignAt = asked ? _context.Now : _context.Now + Backoff(draw);
        }
        if (!asked && _context.Now < _campaignAt)
        {
            return;
        }
        StartCampaign();
    }

    private void StartCampaign()
    {
        _campaignAt = Instant.Never;
        var highest = Ballot.Max(Ballot.Max(Promised, _observed), Ballot.Max(_proposer.Ballot, _connectivity.HighestPromised()));
        var ballot = highest.NextFor(Self, _context.Incarnation);
        // This node promises itself first, and no Prepare leaves before that promise is durable: so no ballot is ever
        // used again after a restart (CHECKLIST 2, P1).
        var answer = _acceptor.Step(new Prepare(ballot, _learner.ChosenUpTo.Next));
        Check.That(answer == Answer.Yes && Promised == ballot);
        _connectivity.ForgetLeader();
        _proposer.Start(ballot, _context.Output.LastRecord);
        _context.Report(ReplicaEventKind.CampaignStarted, ballot, Self);
    }

    /// <summary>Gives a campaign up that would end in leading far behind what is chosen: this node catches up first.</summary>
    private bool GivesUpFarBehind(in Promise promise)
    {
        if (!_proposer.IsOutOfReach(promise))
        {
            return false;
        }
        _learner.Know(promise.ChosenUpTo);
        _proposer.StepDown();
        _holdUntil = _context.Now + _context.Options.ElectionTimeout;
        return true;
    }

    /// <summary>Whatever is said to be chosen and not delivered: whoever says so is not believed until it delivers something.</summary>
    private void ForgetClaims()
    {
        _learner.ForgetClaims();
        if (_connectivity.DisbelieveClaims(_learner.ChosenUpTo) == 0)
        {
            _context.Report(ReplicaEventKind.ClaimForgotten, Ballot.None, NodeId.None);
        }
    }

    /// <summary>
    /// The promise leaves out what its sender says is chosen, and the sender has been asked for that in vain: who counted it
    /// could not lead. Not counting a promise is always safe.
    /// </summary>
    private bool IsUnfounded(in Sender from, in Promise promise) =>
        promise.ChosenUpTo > _learner.ChosenUpTo &&
        _connectivity.IsDisbelieved(_context.Configuration.PlaceOf(from.Node));

    private bool MayCampaign() =>
        _connectivity.Electable &&
        _context.Now >= _holdUntil &&
        _context.Now >= _graceUntil &&
        !_connectivity.HearsLeader(false) &&
        _connectivity.IsQuorumConnected() &&
        !_connectivity.PeerHearsLeader(Promised) &&
        !_connectivity.IsFarBehind(_learner.ChosenUpTo);

    /// <summary>A random wait that doubles with each failed attempt, up to the election time-out.</summary>
    private TimeSpan Backoff(ulong draw)
    {
        var range = _context.Options.CampaignDelayMax * (1 << Math.Min(_attempts, AttemptsThatCount));
        range = range < _context.Options.ElectionTimeout ? range : _context.Options.ElectionTimeout;
        return range * (draw % 1024 / 1024.0);
    }

    /// <summary>Somebody has promised a higher ballot: stop proposing under the own one.</summary>
    private void GiveWayTo(Ballot higher)
    {
        if (_proposer.Phase == ProposerPhase.Idle || higher <= _proposer.Ballot)
        {
            return;
        }
        if (IsLeading)
        {
            LoseLeadership(ReplicaEventKind.LeadershipLostToHigherBallot);
        }
        else
        {
            _proposer.StepDown();
        }
        _attempts++;
    }

    private void GiveWayIfSuperseded()
    {
        if (_proposer.IsSuperseded)
        {
            LoseLeadership(ReplicaEventKind.LeadershipLostToHigherBallot);
        }
    }

    private void LoseLeadership(ReplicaEventKind why)
    {
        _context.Report(why, _proposer.Ballot, Self);
        _proposer.StepDown();
        _reads.Abandon();
        _pending.Clear();
        _pendingBytes = 0;
        _ownVotes.Clear();
        _connectivity.ForgetLeader();
        _quorumLostAt = Instant.Never;
    }

    private void Follow(Ballot ballot)
    {
        if (ballot >= Promised && ballot.Node != Self && _connectivity.Follow(ballot))
        {
            _graceUntil = default;
        }
    }

    private void ReportLeader()
    {
        var leader = LeaderBallot;
        if (leader == _reportedLeader)
        {
            return;
        }
        _reportedLeader = leader;
        if (leader.IsNone)
        {
            _context.Report(ReplicaEventKind.LeaderLost, leader, NodeId.None);
        }
        else if (leader.Node != Self)
        {
            _attempts = 0;
            _context.Report(ReplicaEventKind.FollowingLeader, leader, leader.Node);
        }
    }

    private const int AttemptsThatCount = 10;
    private static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(50);
}
