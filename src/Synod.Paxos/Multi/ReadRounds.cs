namespace Synod.Paxos.Multi;

/// <summary>
/// Linearizable reads without writing the log (read-index). A read may be served at a replica that has applied the
/// leader's chosen prefix as it was when the read began, provided that no higher ballot can have got through by then:
/// after the read arrived, members that meet every phase-1 quorum have said that they promised nothing higher.
/// </summary>
internal sealed class ReadRounds(ReplicaContext context)
{
    private readonly record struct Waiting(NodeId Node, ulong Request);

    private readonly List<Waiting> _next = [];
    private readonly List<Waiting> _inRound = [];
    private ulong _round;
    private Slot _index;
    private MemberSet _confirmed;
    private Instant _sentAt;

    private ulong _asked;
    private bool _asking;
    private Ballot _askedBallot;
    private Instant _askedAt;

    /// <summary>Whether a question or round is under way that may need to be repeated.</summary>
    public bool IsBusy => _asking || _inRound.Count > 0;

    /// <summary>The leader takes a read of its own host or of a follower.</summary>
    public void AddAtLeader(NodeId node, ulong request)
    {
        if (_next.Count < WaitingMax)
        {
            _next.Add(new Waiting(node, request));
        }
    }

    /// <summary>Whether the follower that asks and the leader together already suffice, so that no round is needed.</summary>
    public bool SufficesWith(int place) =>
        context.Quorums.MeetsEveryPhase1Quorum(MemberSet.Empty.With(context.Place).With(place));

    /// <summary>Starts the next round when none is under way and the leader may serve reads.</summary>
    public void StartRound(Ballot ballot, Slot chosenUpTo, bool mayServe)
    {
        if (!mayServe || _inRound.Count > 0 || _next.Count == 0)
        {
            return;
        }
        _inRound.AddRange(_next);
        _next.Clear();
        _round = checked(_round + 1);
        _index = chosenUpTo;
        _confirmed = MemberSet.Empty.With(context.Place);
        if (!TryFinish())
        {
            Ask(ballot);
        }
    }

    /// <summary>A member has promised nothing above the leader's ballot after the round began.</summary>
    public void Confirm(int place, ulong round)
    {
        if (_inRound.Count > 0 && round == _round)
        {
            _confirmed = _confirmed.With(place);
            TryFinish();
        }
    }

    /// <summary>The leader leads no more: whoever waits must ask the next one. Followers do; this node's own host relies on it.</summary>
    public void Abandon()
    {
        AskAgainForSelf(_inRound);
        AskAgainForSelf(_next);
        _next.Clear();
        _inRound.Clear();
    }

    private void AskAgainForSelf(List<Waiting> waiting)
    {
        foreach (var (node, request) in waiting)
        {
            if (node == context.Self)
            {
                _asking = true;
                _asked = request;
                _askedBallot = default;
            }
        }
    }

    /// <summary>A follower asks the leader, once for all reads that wait at its host.</summary>
    public void AskLeader(ulong request, Ballot leader, Ballot promised)
    {
        _asking = true;
        _asked = request;
        _askedBallot = default;
        Repeat(leader, promised);
    }

    /// <summary>The leader has answered.</summary>
    public void Answered(in ReadIndexed answer)
    {
        if (_asking && answer.Request == _asked)
        {
            _asking = false;
            context.Output.Reads.Add(new ReadReady(answer.Request, answer.Index, Instant.Never));
        }
    }

    /// <summary>This node leads now: what it would have asked the leader, it asks itself.</summary>
    public void AskSelf()
    {
        if (_asking)
        {
            _asking = false;
            AddAtLeader(context.Self, _asked);
        }
    }

    /// <summary>Repeats what has had no answer, at once if the leader has changed.</summary>
    public void Repeat(Ballot leader, Ballot promised)
    {
        if (_asking && !leader.IsNone && leader.Node != context.Self && promised <= leader &&
            (leader != _askedBallot || context.Now - _askedAt >= context.Options.RetransmitInterval))
        {
            _askedBallot = leader;
            _askedAt = context.Now;
            context.Output.Send(leader.Node, new ReadIndex(_asked, leader));
        }
    }

    /// <summary>Repeats a round that has had no quorum.</summary>
    public void RepeatRound(Ballot ballot)
    {
        if (_inRound.Count > 0 && context.Now - _sentAt >= context.Options.RetransmitInterval)
        {
            Ask(ballot);
        }
    }

    /// <summary>The host has given up its reads.</summary>
    public void Forget() => _asking = false;

    private void Ask(Ballot ballot)
    {
        _sentAt = context.Now;
        for (var place = 0; place < context.Voters.Count; place++)
        {
            if (!_confirmed.Contains(place))
            {
                context.Output.Send(context.Voters[place], new Confirm(ballot, _round));
            }
        }
    }

    private bool TryFinish()
    {
        if (!context.Quorums.MeetsEveryPhase1Quorum(_confirmed))
        {
            return false;
        }
        foreach (var (node, request) in _inRound)
        {
            Answer(node, request, _index);
        }
        _inRound.Clear();
        return true;
    }

    /// <summary>Tells whoever waits, here or at a follower, up to where to apply.</summary>
    public void Answer(NodeId node, ulong request, Slot index)
    {
        if (node == context.Self)
        {
            context.Output.Reads.Add(new ReadReady(request, index, Instant.Never));
        }
        else
        {
            context.Output.Send(node, new ReadIndexed(request, index));
        }
    }

    private const int WaitingMax = 4096;
}
