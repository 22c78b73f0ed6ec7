namespace Synod.Paxos.Multi;

/// <summary>What its own host asks of a replica: commands, reads, leadership.</summary>
public sealed partial class Replica
{
    /// <summary>A command to be chosen, in a slot of the leader's choice (Lamport 2001, §3).</summary>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="command">Its bytes, at most <see cref="CommandBytesMax"/>; they must not change any more.</param>
    /// <param name="output">The turn's output.</param>
    /// <returns>
    /// What became of it. <see cref="Proposal.Taken"/> is no promise: only the decree, handed out, shows that it was
    /// chosen.
    /// </returns>
    public Proposal Propose(Instant now, in Value command, ReplicaOutput output)
    {
        Begin(now, output);
        GiveWayIfSuperseded();
        if (command.Length > _context.Options.CommandBytesMax)
        {
            return Proposal.TooLarge;
        }
        if (!IsLeading)
        {
            return Proposal.NotLeading;
        }
        if (_pending.Count == 0 && _proposer.WindowIsOpenFor(command.Length))
        {
            var (slot, decree) = _proposer.Open(command);
            ProposeIn(slot, decree);
            return Proposal.Taken;
        }
        if (_pending.Count >= _context.Options.PendingProposalsMax ||
            (_pending.Count > 0 && _pendingBytes + command.Length > _context.Options.PendingBytesMax))
        {
            return Proposal.Full;
        }
        _pendingBytes += command.Length;
        _pending.Enqueue(command);
        return Proposal.Taken;
    }

    /// <summary>Sends a command to whoever leads, directly or through a peer that hears the leader.</summary>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="command">Its bytes.</param>
    /// <param name="output">The turn's output.</param>
    /// <returns>Whom it went to; none if no way to a leader is known, or if it is too long for anybody to
    /// take.</returns>
    public NodeId ForwardToLeader(Instant now, in Value command, ReplicaOutput output)
    {
        Begin(now, output);
        if (command.Length > _context.Options.CommandBytesMax)
        {
            return NodeId.None;
        }
        var to = Leader;
        if (to == NodeId.None)
        {
            to = _connectivity.RelayToLeader(_acceptor.Promised);
        }
        if (to != NodeId.None && to != Self)
        {
            output.Send(to, new Forward(command));
        }
        return to;
    }

    /// <summary>
    /// Asks another voter to take the lead at once. This node goes on leading until it hears of the other's ballot, so
    /// that nothing stands still if the other cannot; from then on it holds off for an election time-out.
    /// </summary>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="to">The voter that is to lead.</param>
    /// <param name="output">The turn's output.</param>
    /// <returns>False, and nothing is done, if this node does not lead or that one is not fit to.</returns>
    public bool HandOver(Instant now, NodeId to, ReplicaOutput output)
    {
        Begin(now, output);
        var place = _context.Configuration.PlaceOf(to);
        if (!IsLeading || place < 0 || to == Self || !_connectivity.IsFitToLead(place, _learner.ChosenUpTo))
        {
            return false;
        }
        _holdUntil = now + _context.Options.ElectionTimeout;
        output.Send(to, new HandOver(_proposer.Ballot));
        return true;
    }

    /// <summary>
    /// Campaigns at once, whoever leads and however the links are; nothing happens if this node leads or campaigns already.
    /// When to campaign is a matter of liveness only: no ballot of anybody harms safety at any time.
    /// </summary>
    public void Campaign(Instant now, ReplicaOutput output)
    {
        Begin(now, output);
        if (_proposer.Phase == ProposerPhase.Idle)
        {
            StartCampaign();
        }
    }

    /// <summary>
    /// Asks up to where the host must apply before it may serve the reads that it has collected. One question at a
    /// time; a new one replaces the last.
    /// </summary>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="request">The host's number for this batch of reads; comes back in <see
    /// cref="ReadReady.Request"/>.</param>
    /// <param name="output">The turn's output; the answer may come in a later turn's, or never if the lead
    /// changes.</param>
    public void RequestRead(Instant now, ulong request, ReplicaOutput output)
    {
        Begin(now, output);
        if (IsLeading)
        {
            _reads.Forget();
            _reads.AddAtLeader(Self, Self, request);
        }
        else
        {
            _reads.AskLeader(request);
            RepeatQuestion();
        }
    }

    /// <summary>Asks the leader for this node's reads, or, if it cannot be reached, a peer that hears it.</summary>
    private void RepeatQuestion()
    {
        if (_reads.IsAsking)
        {
            var leader = LeaderBallot;
            _reads.Repeat(leader, Promised, leader.IsNone ? _connectivity.RelayToLeader(Promised) : NodeId.None);
        }
    }
}
