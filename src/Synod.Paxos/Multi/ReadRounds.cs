namespace Synod.Paxos.Multi;

/// <summary>
/// Linearizable reads without writing the log (read-index). A read may be served at a replica that has applied the
/// leader's chosen prefix as it was when the read began, provided that no higher ballot can have got through by then:
/// after the read arrived, members that meet every phase-1 quorum have said that they promised nothing higher.
/// </summary>
/// <remarks>
/// A question that came through a third node is like any other, but that it confirms nothing: nobody vouches for a promise
/// but who made it, and the third node's own confirmations count only as answers to a round, like everybody's.
/// </remarks>
internal sealed partial class ReadRounds(ReplicaContext context)
{
    /// <summary>A question: whom to answer, whose reads wait, and the asker's number for them.</summary>
    private readonly record struct Waiting(NodeId Node, NodeId Asker, ulong Request);

    private readonly List<Waiting> _next = [];
    private readonly List<Waiting> _inRound = [];
    private ulong _round;
    private Slot _index;
    private MemberSet _confirmed;
    private Instant _sentAt;

    private ulong _asked;
    private bool _asking;
    private Ballot _askedBallot;
    private NodeId _askedNode;
    private Instant _askedAt;

    /// <summary>Whether a question or round is under way that may need to be repeated.</summary>
    public bool IsBusy => _asking || _inRound.Count > 0;

    /// <summary>Whether this node's own question waits for the leader's answer.</summary>
    public bool IsAsking => _asking;

    /// <summary>
    /// The leader takes a read of its own host or of a follower. A node has one question at a time: its later one takes the
    /// place of the one before, and the same one again, while its round is under way, has its answer coming.
    /// </summary>
    public void AddAtLeader(NodeId node, NodeId asker, ulong request)
    {
        var question = new Waiting(node, asker, request);
        if (_inRound.Contains(question))
        {
            return;
        }
        for (var i = 0; i < _next.Count; i++)
        {
            if (_next[i].Node == node && _next[i].Asker == asker)
            {
                _next[i] = question;
                return;
            }
        }
        _next.Add(question); // At most one of each voter by way of each other.
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
        foreach (var (_, asker, request) in waiting)
        {
            if (asker == context.Self)
            {
                AskLeader(request);
            }
        }
    }

    /// <summary>A follower asks the leader, once for all reads that wait at its host.</summary>
    public void AskLeader(ulong request)
    {
        _asking = true;
        _asked = request;
        _askedBallot = default;
        _askedNode = default;
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
            AddAtLeader(context.Self, context.Self, _asked);
        }
    }

    /// <summary>Repeats what has had no answer, at once if the leader or the way to it has changed.</summary>
    /// <param name="leader">The leader that this node hears; none if it hears none.</param>
    /// <param name="promised">This node's promise: above the leader's ballot it must not confirm it.</param>
    /// <param name="relay">Through whom to ask if this node hears no leader itself.</param>
    public void Repeat(Ballot leader, Ballot promised, NodeId relay)
    {
        var to = leader.IsNone ? relay : leader.Node;
        if (!_asking || to == NodeId.None || to == context.Self || (!leader.IsNone && promised > leader))
        {
            return;
        }
        if (leader != _askedBallot || to != _askedNode || context.Now - _askedAt >= context.Options.RetransmitInterval)
        {
            _askedBallot = leader;
            _askedNode = to;
            _askedAt = context.Now;
            context.Output.Send(to, new ReadIndex(_asked, leader, context.Self));
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
        foreach (var (node, asker, request) in _inRound)
        {
            Answer(node, asker, request, _index);
        }
        _inRound.Clear();
        return true;
    }

    /// <summary>Tells whoever waits, here or at a follower or beyond it, up to where to apply.</summary>
    public void Answer(NodeId node, NodeId asker, ulong request, Slot index)
    {
        if (asker == context.Self)
        {
            context.Output.Reads.Add(new ReadReady(request, index, Instant.Never));
        }
        else
        {
            context.Output.Send(node, new ReadIndexed(request, index, asker));
        }
    }
}
