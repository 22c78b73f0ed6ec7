using Synod.Paxos;

namespace Synod.Explorer.Decision;

// A state without the messages that can change nothing any more behaves as the one with them, so both are taken for
// one. That is right as long as acceptors refuse what is below their promise, no promise on disk is lowered and none
// in memory is below it, no ballot is used twice, and proposers ignore promises of ballots that they do not ask for,
// or that are bound, or from who is counted. Up to the first step that breaks one of these rules nothing was forgotten
// that mattered; the step itself is judged by properties that are explored along.
internal sealed partial class DecisionNetwork
{
    /// <summary>Remembers what is chosen, so that the votes that show it can be forgotten.</summary>
    public void RememberChosen() => _chosen = ChosenBits();

    /// <summary>Forgets all messages that can change nothing any more, wherever and whenever they arrive.</summary>
    public void ForgetTheDead()
    {
        for (var i = Pool.Count - 1; i >= 0; i--)
        {
            if (IsDead(Pool[i]))
            {
                Pool.ForgetAt(i);
            }
        }
    }

    private bool IsDead(ulong code)
    {
        switch (DecisionCodes.Kind(code))
        {
            case DecisionCodes.Promise or DecisionCodes.Accepted:
                return IsOnDisk(code) && IsOfNoUse(code);
            case DecisionCodes.Nack:
                return !Proposers[DecisionCodes.Proposer(code)].Heeds(DecisionCodes.BallotCode(code));
            case DecisionCodes.Prepare or DecisionCodes.Accept:
                for (var place = 0; place < Acceptors.Length; place++)
                {
                    if (!IsDeadAt(place, code))
                    {
                        return false;
                    }
                }
                return IsOnDisk(code);
            default:
                return false;
        }
    }

    /// <summary>Whether an answer that an acceptor has not sent yet would change nothing, or repeat another.</summary>
    public bool IsOfNoUse(ulong answer) => DecisionCodes.Kind(answer) switch
    {
        DecisionCodes.Promise => !IsAwaited(answer),
        DecisionCodes.Accepted => IsIdleVote(answer),
        _ => false,
    };

    /// <summary>
    /// Whether an acceptor would ignore a request, now and after any crash, or has given an answer to it that is still
    /// there to be taken in or is of no use any more.
    /// </summary>
    private bool IsDeadAt(int place, ulong request)
    {
        var ballot = DecisionCodes.BallotCode(request);
        var (promised, accepted) = (Acceptors[place].Promised, Acceptors[place].Accepted);
        if (refuses && Proposers[DecisionCodes.Proposer(request)].Heeds(ballot))
        {
            // When it comes again after a higher promise it will be refused.
            return false;
        }
        if (promised != ballot)
        {
            return promised > ballot;
        }
        if (DecisionCodes.Kind(request) == DecisionCodes.Prepare)
        {
            return !IsAwaited(DecisionCodes.WithAcceptor(request, place + 1)) || HasPromised(place, ballot);
        }
        var vote = DecisionCodes.VoteFor(request, place + 1);
        return accepted == ballot && (Pool.Has(vote) || IsIdleVote(vote));
    }

    /// <summary>Whether the proposer of a ballot still counts a promise of it by that acceptor.</summary>
    private bool IsAwaited(ulong promise)
    {
        var proposer = Proposers[DecisionCodes.Proposer(promise)];
        return proposer.Asking == DecisionCodes.BallotCode(promise)
            && !proposer.Promises.Contains(DecisionCodes.Acceptor(promise) - 1)
            && !(proposer.IsLast && !CanBePrepared(proposer));
    }

    /// <summary>A vote for what is chosen anyhow, or under a ballot that cannot get a quorum of votes any more.</summary>
    private bool IsIdleVote(ulong vote)
    {
        if ((_chosen >> DecisionCodes.ValueCode(vote) & 1) != 0)
        {
            return true;
        }
        var voters = MemberSet.Empty;
        for (var place = 0; place < Acceptors.Length; place++)
        {
            var mayVote = Acceptors[place].Promised <= DecisionCodes.BallotCode(vote);
            voters = mayVote || Pool.Has(DecisionCodes.WithAcceptor(vote, place + 1)) ? voters.With(place) : voters;
        }
        return !_quorums.IsPhase2Quorum(voters);
    }

    /// <summary>Whether the ballot that a proposer asks for can still get a quorum of promises.</summary>
    public bool CanBePrepared(in ProposerStanding proposer)
    {
        var promises = new MemberSet(proposer.Promises.Bits | PromisesOf(proposer.Asking).Bits);
        for (var place = 0; place < Acceptors.Length; place++)
        {
            var mayPromise = Acceptors[place].Promised <= proposer.Asking;
            promises = mayPromise ? promises.With(place) : promises;
        }
        return _quorums.IsPhase1Quorum(promises);
    }

    private bool HasPromised(int place, int ballot) => PromisesOf(ballot).Contains(place);
}
