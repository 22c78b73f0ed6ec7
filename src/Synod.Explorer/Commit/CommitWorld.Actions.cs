using Synod.Paxos;
using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Commit;

public sealed partial class CommitWorld
{
    private const int CastVote = 1;
    private const int SyncVote = 2;
    private const int BeginRecovery = 3;
    private const int DeliverToAcceptor = 4;
    private const int DeliverToRecovery = 5;
    private const int TellOutcome = 6;
    private const int CrashParticipant = 7;
    private const int CrashRecovery = 8;
    private const int SyncAcceptor = 9;
    private const int CrashAcceptor = 10;
    private const int WritesUnderWayMax = 2;

    /// <inheritdoc/>
    public void ListActions(ActionList actions)
    {
        for (var i = 0; i < _participants.Length; i++)
        {
            if (_votesUnderWay[i] is not null)
            {
                actions.Add(new WorldAction(SyncVote, i, 0));
            }
            else if (!_hasCast[i])
            {
                actions.Add(new WorldAction(CastVote, i, (ulong)Vote.Prepared));
                if (_options.MayVoteAborted)
                {
                    actions.Add(new WorldAction(CastVote, i, (ulong)Vote.Aborted));
                }
            }
        }
        for (var i = 0; i < _recoveries.Length; i++)
        {
            if (!_hasBegun[i])
            {
                actions.Add(new WorldAction(BeginRecovery, i, 0));
            }
        }
        for (var place = 0; place < _acceptors.Length; place++)
        {
            if (_acceptors[place].WritesUnderWay > 0)
            {
                actions.Add(new WorldAction(SyncAcceptor, place, 0));
            }
        }
        for (var i = 0; i < _pool.Count; i++)
        {
            ListDeliveries(actions, _pool[i]);
        }
        for (var place = 0; _options.OutcomeIsTold && CountOutcome() is not null && place < _acceptors.Length; place++)
        {
            if (!_acceptors[place].IsTold)
            {
                actions.Add(new WorldAction(TellOutcome, place, 0));
            }
        }
        ListCrashes(actions);
    }

    private void ListDeliveries(ActionList actions, ulong code)
    {
        switch (CommitCodes.Kind(code))
        {
            case CommitCodes.Promise:
                actions.Add(new WorldAction(
                    DeliverToRecovery, _codes.RecoveryOf(CommitCodes.BallotCode(code)), code));
                break;
            case CommitCodes.Accepted:
                // The properties count these; a learner would add nothing that they do not see.
                break;
            default:
                for (var place = 0; place < _acceptors.Length; place++)
                {
                    if (_acceptors[place].WritesUnderWay < WritesUnderWayMax)
                    {
                        actions.Add(new WorldAction(DeliverToAcceptor, place, code));
                    }
                }
                break;
        }
    }

    private void ListCrashes(ActionList actions)
    {
        for (var i = 0; _participantCrashes < _options.ParticipantCrashesMax && i < _participants.Length; i++)
        {
            if (_hasCast[i])
            {
                actions.Add(new WorldAction(CrashParticipant, i, 0));
            }
            if (_votesUnderWay[i] is not null)
            {
                actions.Add(new WorldAction(CrashParticipant, i, 1));
            }
        }
        for (var i = 0; _recoveryCrashes < _options.RecoveryCrashesMax && i < _recoveries.Length; i++)
        {
            if (_hasBegun[i])
            {
                actions.Add(new WorldAction(CrashRecovery, i, 0));
            }
        }
        for (var place = 0; _acceptorCrashes < _options.AcceptorCrashesMax && place < _acceptors.Length; place++)
        {
            for (var kept = 0; kept <= _acceptors[place].WritesUnderWay; kept++)
            {
                actions.Add(new WorldAction(CrashAcceptor, place, (ulong)kept));
            }
        }
    }

    /// <inheritdoc/>
    public bool Apply(WorldAction action)
    {
        var i = action.Process;
        switch (action.Kind)
        {
            case CastVote:
                _hasCast[i] = true;
                _votesUnderWay[i] = _participants[i].Cast((Vote)action.Argument).Record.Vote;
                return true;
            case SyncVote:
                Sync(i);
                return true;
            case BeginRecovery:
                return Begin(i);
            case DeliverToAcceptor:
                return CommitCodes.Kind(action.Argument) == CommitCodes.Prepare
                    ? StepPrepare(i, action.Argument)
                    : StepAccept(i, action.Argument);
            case DeliverToRecovery:
                return StepPromise(i, action.Argument);
            case TellOutcome:
                _acceptors[i].Tell(new Finished(Id, CountOutcome()), _pool);
                return true;
            case SyncAcceptor:
                _acceptors[i].Sync(_pool);
                return true;
            case CrashAcceptor:
                _acceptorCrashes++;
                _acceptors[i].CrashAndRestart((int)action.Argument);
                return true;
            case CrashParticipant:
                _participantCrashes++;
                if (action.Argument == 1)
                {
                    _votesOnDisk[i] = _votesUnderWay[i];
                }
                _votesUnderWay[i] = null;
                _hasCast[i] = false;
                _participants[i].Restart(new VoteRecord(_votesOnDisk[i]));
                return true;
            default:
                Check.That(action.Kind == CrashRecovery);
                _recoveryCrashes++;
                _hasBegun[i] = false;
                _recoveries[i].Restart(_marks[i]);
                return true;
        }
    }

    private void Sync(int participant)
    {
        var cast = _participants[participant].Cast(_votesUnderWay[participant]!.Value);
        _votesOnDisk[participant] = _votesUnderWay[participant];
        _votesUnderWay[participant] = null;
        Check.That(cast.TryRelease(new VoteRecord(_votesOnDisk[participant]), out var vote));
        var place = _transaction.PlaceOf(vote.Instance.Participant);
        var code = CommitCodes.Of(CommitCodes.Accept, CommitCodes.ParticipantBallot, 0);
        _pool.Send(CommitCodes.WithPart(code, place, 0, Votes.Of(vote.Message.Value)));
    }

    private bool Begin(int recovery)
    {
        var begun = _recoveries[recovery].Begin();
        _hasBegun[recovery] = true;
        _marks[recovery] = begun.Record;
        Check.That(begun.TryRelease(_marks[recovery], out var prepare));
        var code = CommitCodes.Of(CommitCodes.Prepare, _codes.CodeOf(prepare.Ballot), 0);
        for (var place = 0; place < _participants.Length; place++)
        {
            code = CommitCodes.WithPart(code, place, 0, null);
        }
        _pool.Send(code);
        return true;
    }

    private bool StepPrepare(int acceptor, ulong code)
    {
        var reply = CommitCodes.Of(CommitCodes.Promise, CommitCodes.BallotCode(code), acceptor + 1);
        var isOnDisk = true;
        Array.Clear(_records);
        for (var place = 0; place < _participants.Length; place++)
        {
            var prepare = new Prepare(_codes.BallotOf(CommitCodes.BallotCode(code), place));
            var asked = new InInstance<Prepare>(_transaction.InstanceOf(place), prepare);
            if (_acceptors[acceptor].Role.Step(asked).Reply is { } answer)
            {
                isOnDisk &= Relies(acceptor, place, answer);
                Check.That(answer.TryRelease(answer.Record, out var promise));
                var accepted = promise.Message.AcceptedValue;
                reply = CommitCodes.WithPart(
                    reply, place, _codes.CodeOf(promise.Message.AcceptedBallot),
                    accepted is { } value ? Votes.Of(value) : null);
            }
        }
        return CommitCodes.HasParts(reply) && _acceptors[acceptor].Answer(reply, _records, isOnDisk, _pool);
    }

    private bool StepAccept(int acceptor, ulong code)
    {
        var reply = CommitCodes.Of(CommitCodes.Accepted, CommitCodes.BallotCode(code), acceptor + 1);
        var isOnDisk = true;
        Array.Clear(_records);
        for (var place = 0; place < _participants.Length; place++)
        {
            if (!CommitCodes.HasPart(code, place))
            {
                continue;
            }
            var accept = new Accept(
                _codes.BallotOf(CommitCodes.BallotCode(code), place),
                Votes.ValueOf(CommitCodes.VoteIn(code, place)!.Value));
            var asked = new InInstance<Accept>(_transaction.InstanceOf(place), accept);
            if (_acceptors[acceptor].Role.Step(asked).Reply is { } answer)
            {
                isOnDisk &= Relies(acceptor, place, answer);
                Check.That(answer.TryRelease(answer.Record, out var accepted));
                reply = CommitCodes.WithPart(reply, place, 0, Votes.Of(accepted.Message.Value));
            }
        }
        return CommitCodes.HasParts(reply) && _acceptors[acceptor].Answer(reply, _records, isOnDisk, _pool);
    }

    /// <summary>Notes what an answer relies on; whether the disk has it.</summary>
    private bool Relies<TReply>(int acceptor, int place, in AfterWrite<InstanceRecord, InInstance<TReply>> answer)
        where TReply : struct
    {
        _records[place] = answer.Record.State;
        return _acceptors[acceptor].HasOnDisk(place, answer);
    }

    private bool StepPromise(int recovery, ulong code)
    {
        var ballot = CommitCodes.BallotCode(code);
        var reply = CommitCodes.Of(CommitCodes.Accept, ballot, 0);
        for (var place = 0; place < _participants.Length; place++)
        {
            if (!CommitCodes.HasPart(code, place))
            {
                continue;
            }
            var promise = new Promise(
                _options.Configuration.Voters[CommitCodes.Acceptor(code) - 1],
                _codes.BallotOf(ballot, place),
                _codes.BallotOf(CommitCodes.AcceptedBallot(code, place), place),
                CommitCodes.VoteIn(code, place) is { } vote ? Votes.ValueOf(vote) : null);
            var answer = new InInstance<Promise>(_transaction.InstanceOf(place), promise);
            if (_recoveries[recovery].Step(answer) is { } accept)
            {
                reply = CommitCodes.WithPart(reply, place, 0, Votes.Of(accept.Message.Value));
            }
        }
        if (CommitCodes.HasParts(reply))
        {
            _pool.Send(reply);
        }
        return true;
    }
}
