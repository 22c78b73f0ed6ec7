namespace Synod.Paxos.Multi;

/// <summary>One step per kind of message.</summary>
/// <remarks>
/// All take the instant of the turn, the sender as the connection proved it, the message as it was read, and the turn's
/// output, to which they add. A message of who is no member, of another incarnation or configuration, or with an
/// impossible ballot is dropped and reported as <see cref="ReplicaEventKind.StrangeMessageDropped"/>. What only a
/// broken replica can have said (a second decree under one ballot, say) is an <see cref="InvariantViolatedException"/>.
/// </remarks>
public sealed partial class Replica
{
    /// <summary>
    /// Phase 1a for all slots at once (Lamport 2001, §3): answered with a page of a Promise when the promise is
    /// durable, or with a Nack if a higher ballot was promised.
    /// </summary>
    public void Step(Instant now, in Sender from, in Prepare message, ReplicaOutput output)
    {
        if (!Admit(now, from, message.Ballot, true, output))
        {
            return;
        }
        var before = _acceptor.Promised;
        if (_acceptor.Step(message) == Answer.Nack)
        {
            output.Send(from.Node, new Nack(message.Ballot, _acceptor.Promised));
            return;
        }
        if (_acceptor.Promised > before)
        {
            GiveWayTo(message.Ballot);
        }
        if (_acceptor.Promised > before || message.From > _pageAskedFrom)
        {
            // Also for a later page: a candidate that is still being told what was accepted is not to be disturbed.
            _graceUntil = now + _context.Options.ElectionTimeout;
            _pageAskedFrom = message.From;
        }
        // What a page shows may still be on its way to the disk: it waits for all of it.
        output.Send(from.Node, _acceptor.Page(message.Ballot, message.From, _learner.ChosenUpTo), output.LastRecord);
    }

    /// <summary>
    /// Phase 1b: a page of a Promise of this node's own ballot. The one that completes a quorum makes it the leader,
    /// which proposes again what the pages reported. Any other page changes nothing.
    /// </summary>
    public void Step(Instant now, in Sender from, in Promise message, ReplicaOutput output)
    {
        if (Admit(now, from, message.Ballot, false, output) && _proposer.Awaits(message.Ballot) && IsPossible(from, message) &&
            !IsUnfounded(from, message) && !GivesUpFarBehind(message) && _proposer.Step(_context.Configuration.PlaceOf(from.Node), message))
        {
            TakeLead();
        }
    }

    /// <summary>
    /// A refusal: this node's next ballot will be above the one that stands in the way, and if it was the ballot under
    /// way that was refused, its lead or campaign is over.
    /// </summary>
    public void Step(Instant now, in Sender from, in Nack message, ReplicaOutput output)
    {
        if (!Admit(now, from, message.Promised, false, output))
        {
            return;
        }
        _observed = Ballot.Max(_observed, message.Promised);
        if (message.Asked == _proposer.Ballot && message.Promised > _proposer.Ballot)
        {
            GiveWayTo(message.Promised);
        }
    }

    /// <summary>
    /// Phase 2a of one slot: answered with Accepted when the acceptance is durable, with a Nack if a higher ballot was
    /// promised, and not at all where this node has too much catching up to do first.
    /// </summary>
    public void Step(Instant now, in Sender from, in Accept message, ReplicaOutput output)
    {
        if (!Admit(now, from, message.Ballot, true, output) || !IsPossible(from, message.Decree))
        {
            return;
        }
        var answer = _acceptor.Step(message, _learner.ChosenUpTo, out var record);
        if (answer == Answer.Nack)
        {
            output.Send(from.Node, new Nack(message.Ballot, _acceptor.Promised));
            return;
        }
        if (answer == Answer.Yes)
        {
            output.SendAccepted(from.Node, message.Ballot, message.Slot, record);
        }
        GiveWayTo(message.Ballot);
        Follow(message.Ballot);
        _learner.ChosenUnder(message.Ballot, message.ChosenUpTo);
    }

    /// <summary>
    /// Phase 2b of a run of slots: counted for its sender under exactly this ballot; slots that a quorum has accepted
    /// are chosen, and handed out in order.
    /// </summary>
    public void Step(Instant now, in Sender from, in Accepted message, ReplicaOutput output)
    {
        if (Admit(now, from, message.Ballot, false, output))
        {
            _proposer.Step(_context.Configuration.PlaceOf(from.Node), message);
        }
    }

    /// <summary>
    /// The leader's chosen prefix: shows to be chosen what this node has itself accepted under that very ballot; for
    /// the rest it asks.
    /// </summary>
    public void Step(Instant now, in Sender from, in Chosen message, ReplicaOutput output)
    {
        if (Admit(now, from, message.Ballot, true, output))
        {
            Follow(message.Ballot);
            _learner.ChosenUnder(message.Ballot, message.UpTo);
        }
    }

    /// <summary>A heartbeat: who is connected, who leads, who is ahead.</summary>
    public void Step(Instant now, in Sender from, in Heartbeat message, ReplicaOutput output)
    {
        if (!Admit(now, from, Ballot.Max(message.Promised, message.Leader), false, output))
        {
            Approach(from, message.Promised);
            return;
        }
        _connectivity.Step(_context.Configuration.PlaceOf(from.Node), message);
        _learner.Know(message.ChosenUpTo);
        _observed = Ballot.Max(_observed, message.Promised);
        if (message.Promised > _proposer.Ballot)
        {
            // That peer cannot accept anything from this node any more.
            GiveWayTo(message.Promised);
        }
        if (message.Leader.Node == from.Node)
        {
            Follow(message.Leader);
            _learner.ChosenUnder(message.Leader, message.ChosenUpTo);
        }
    }

    /// <summary>A request for chosen decrees.</summary>
    public void Step(Instant now, in Sender from, in CatchUp message, ReplicaOutput output)
    {
        if (Admit(now, from, Ballot.None, false, output))
        {
            _learner.Serve(from.Node, message);
        }
    }

    /// <summary>A chosen decree, in answer to a request: kept, persisted and handed out in slot order.</summary>
    public void Step(Instant now, in Sender from, in Learn message, ReplicaOutput output)
    {
        if (!Admit(now, from, Ballot.None, false, output) || !IsPossible(from, message.Decree))
        {
            return;
        }
        if (message.Slot == Slot.Zero && message.Decree != DecreeOfSlotZero)
        {
            // Another cluster's log, or one that began otherwise: nothing in it is this one's.
            _context.Report(ReplicaEventKind.StrangeMessageDropped, Ballot.None, from.Node);
            return;
        }
        if (_proposer.IsContradictedBy(message.Slot, message.Decree))
        {
            LoseLeadership(ReplicaEventKind.LeadershipLostToHigherBallot);
        }
        _learner.Learn(message.Slot, message.Decree);
        _learner.HearAnswer(message.Slot, message.EndsAnswer);
        _connectivity.Believe(_context.Configuration.PlaceOf(from.Node));
    }

    /// <summary>A leader's question for a round of reads.</summary>
    public void Step(Instant now, in Sender from, in Confirm message, ReplicaOutput output)
    {
        if (!Admit(now, from, message.Ballot, true, output))
        {
            return;
        }
        if (_acceptor.Promised > message.Ballot)
        {
            output.Send(from.Node, new Nack(message.Ballot, _acceptor.Promised));
        }
        else
        {
            output.Send(from.Node, new Confirmed(message.Ballot, message.Round));
        }
    }

    /// <summary>The answer to a <see cref="Confirm"/>: counts for its sender, in the round that it names.</summary>
    public void Step(Instant now, in Sender from, in Confirmed message, ReplicaOutput output)
    {
        if (Admit(now, from, message.Ballot, false, output) && IsLeading && message.Ballot == _proposer.Ballot)
        {
            _reads.Confirm(_context.Configuration.PlaceOf(from.Node), message.Round);
        }
    }

    /// <summary>
    /// A follower's question for its reads. One under the leader's own ballot is the sender's confirmation as well; a
    /// plain one confirms nothing, neither for who asks nor for who hands it on, and always waits for a round.
    /// </summary>
    public void Step(Instant now, in Sender from, in ReadIndex message, ReplicaOutput output)
    {
        if (!Admit(now, from, message.Ballot, false, output) || !_context.Configuration.IsVoter(message.Asker))
        {
            return;
        }
        var confirms = !message.Ballot.IsNone && message.Asker == from.Node;
        if (!IsLeading)
        {
            // Handed on once only, so that no two nodes can send it to and fro between them.
            if (!confirms && message.Asker == from.Node && Leader is var leader && leader != NodeId.None && leader != from.Node)
            {
                output.Send(leader, message);
            }
            return;
        }
        if (message.Asker == Self || (!message.Ballot.IsNone && message.Ballot != _proposer.Ballot))
        {
            return;
        }
        if (confirms && _proposer.MayServeReads && _reads.SufficesWith(_context.Configuration.PlaceOf(from.Node)))
        {
            _reads.Answer(from.Node, message.Asker, message.Request, _learner.ChosenUpTo);
        }
        else
        {
            _reads.AddAtLeader(from.Node, message.Asker, message.Request);
        }
    }

    /// <summary>The leader's answer to this node's question, or to one that it has handed on.</summary>
    public void Step(Instant now, in Sender from, in ReadIndexed message, ReplicaOutput output)
    {
        if (!Admit(now, from, Ballot.None, false, output))
        {
            return;
        }
        if (message.Asker == Self)
        {
            _reads.Answered(message);
        }
        else if (_context.Configuration.IsVoter(message.Asker) && message.Asker != from.Node)
        {
            output.Send(message.Asker, message);
        }
    }

    /// <summary>A command from a follower. If this node does not lead but hears who does, it passes it on.</summary>
    public void Step(Instant now, in Sender from, in Forward message, ReplicaOutput output)
    {
        if (!Admit(now, from, Ballot.None, false, output))
        {
            return;
        }
        // Full, leaderless or too large: dropped. Whoever has the client asks again or tells it that the outcome is unknown.
        if (Propose(now, message.Command, output) == Proposal.NotLeading && Leader is var leader &&
            leader != NodeId.None && leader != from.Node)
        {
            output.Send(leader, message);
        }
    }

    /// <summary>
    /// The leader asks this node to lead. It campaigns in this very turn, although leader and peers are well: the
    /// question is the leader's own wish, and a ballot above its own takes nothing from safety.
    /// </summary>
    public void Step(Instant now, in Sender from, in HandOver message, ReplicaOutput output)
    {
        if (Admit(now, from, message.Ballot, true, output) && message.Ballot >= Promised &&
            _proposer.Phase == ProposerPhase.Idle && _connectivity.Electable && _connectivity.IsQuorumConnected())
        {
            _campaignIsAskedFor = true;
        }
    }
}
