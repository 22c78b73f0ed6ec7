using Synod.Paxos;

namespace Synod.Explorer.Essential;

public sealed partial class PaxosWorld
{
    /// <summary>Whether an answer is not more than its acceptor's disk says; others are kept for the properties.</summary>
    private bool IsOnDisk(ulong answer)
    {
        var disk = _acceptors[PaxosCodes.Acceptor(answer) - 1].Disk;
        var durable = PaxosCodes.Kind(answer) == PaxosCodes.Accepted ? disk.AcceptedBallot : disk.Promised;
        return _codes.CodeOf(durable) >= PaxosCodes.BallotCode(answer);
    }

    private void ForgetTheDead()
    {
        _chosen = ChosenBits();
        for (var i = 0; i < _proposers.Length; i++)
        {
            _proposers[i].IsOver |= CanDoNothing(_proposers[i]);
        }
        for (var i = _pool.Count - 1; i >= 0; i--)
        {
            if (IsDead(_pool[i]))
            {
                _pool.ForgetAt(i);
            }
        }
    }

    /// <summary>Whether a message can change nothing any more, wherever it arrives.</summary>
    private bool IsDead(ulong code)
    {
        switch (PaxosCodes.Kind(code))
        {
            case PaxosCodes.Promise:
                return IsOnDisk(code) && !IsAwaited(code);
            case PaxosCodes.Accepted:
                return IsOnDisk(code) && IsIdleVote(code);
            default:
                for (var place = 0; place < _acceptors.Length; place++)
                {
                    if (!IsDead(code, place))
                    {
                        return false;
                    }
                }
                return true;
        }
    }

    /// <summary>
    /// Whether an acceptor would ignore a request, now and after any crash, or has answered it with what is there to be
    /// taken in, or is of no use any more.
    /// </summary>
    private bool IsDead(ulong code, int place)
    {
        var ballot = PaxosCodes.BallotCode(code);
        var disk = _acceptors[place].Disk;
        var promised = _codes.CodeOf(disk.Promised);
        if (promised != ballot)
        {
            return promised > ballot;
        }
        if (PaxosCodes.Kind(code) == PaxosCodes.Prepare)
        {
            return !IsAwaited(PaxosCodes.WithAcceptor(code, place + 1)) || HasPromised(place, ballot);
        }
        var vote = PaxosCodes.VoteFor(code, place + 1);
        return _codes.CodeOf(disk.AcceptedBallot) == ballot && (_pool.Has(vote) || IsIdleVote(vote));
    }

    private bool HasPromised(int place, int ballot)
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            if (PaxosCodes.Kind(_pool[i]) == PaxosCodes.Promise && PaxosCodes.BallotCode(_pool[i]) == ballot
                && PaxosCodes.Acceptor(_pool[i]) == place + 1)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether the proposer of a ballot still counts a promise of it from that acceptor.</summary>
    private bool IsAwaited(ulong promise)
    {
        var proposer = _proposers[PaxosCodes.Proposer(promise)];
        return !proposer.IsOver && !proposer.IsBound && proposer.Asking == PaxosCodes.BallotCode(promise)
            && !proposer.Role.Promises.Contains(PaxosCodes.Acceptor(promise) - 1);
    }

    /// <summary>A vote for what is chosen anyhow, or under a ballot that cannot get a quorum of votes any more.</summary>
    private bool IsIdleVote(ulong vote)
    {
        if ((_chosen >> PaxosCodes.ValueCode(vote) & 1) != 0)
        {
            return true;
        }
        var voters = MemberSet.Empty;
        for (var place = 0; place < _acceptors.Length; place++)
        {
            var mayVote = _codes.CodeOf(_acceptors[place].Disk.Promised) <= PaxosCodes.BallotCode(vote);
            voters = mayVote || _pool.Has(PaxosCodes.WithAcceptor(vote, place + 1)) ? voters.With(place) : voters;
        }
        return !_options.Configuration.Quorums.IsPhase2Quorum(voters);
    }

    /// <summary>No ballot is left, no crash, and the last ballot is bound or cannot get a quorum of promises.</summary>
    private bool CanDoNothing(ProposerProcess proposer)
    {
        if (proposer.IsWriting || proposer.BallotsUsed < _options.BallotsPerProposer
            || _proposerCrashes < _options.ProposerCrashesMax)
        {
            return false;
        }
        var promises = proposer.Role.Promises;
        for (var place = 0; place < _acceptors.Length; place++)
        {
            var mayPromise = _codes.CodeOf(_acceptors[place].Disk.Promised) <= proposer.Asking;
            promises = mayPromise || HasPromised(place, proposer.Asking) ? promises.With(place) : promises;
        }
        return proposer.IsBound || !_options.Configuration.Quorums.IsPhase1Quorum(promises);
    }
}
