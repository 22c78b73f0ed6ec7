using Synod.Paxos.Commit;

namespace Synod.Explorer.Commit;

public sealed partial class CommitWorld
{
    /// <inheritdoc/>
    public WorldEvent Describe(WorldAction action)
    {
        var recoveryLane = _participants.Length + action.Process;
        var acceptorLane = _participants.Length + _recoveries.Length + action.Process;
        switch (action.Kind)
        {
            case CastVote:
                return new WorldEvent($"votes {(Vote)action.Argument}", action.Process);
            case SyncVote:
                return new WorldEvent("its vote is on disk and leaves", action.Process);
            case BeginRecovery:
                return new WorldEvent("begins a recovery", recoveryLane);
            case DeliverToAcceptor:
                var ballot = CommitCodes.BallotCode(action.Argument);
                var from = ballot == CommitCodes.ParticipantBallot
                    ? Enumerable.Range(0, _participants.Length)
                        .First(place => CommitCodes.HasPart(action.Argument, place))
                    : _participants.Length + _codes.RecoveryOf(ballot);
                return new WorldEvent(_codes.Tell(action.Argument), acceptorLane, EventMark.Receives, from);
            case DeliverToRecovery:
                var acceptor = _participants.Length + _recoveries.Length + CommitCodes.Acceptor(action.Argument) - 1;
                return new WorldEvent(_codes.Tell(action.Argument), recoveryLane, EventMark.Receives, acceptor);
            case TellOutcome:
                return new WorldEvent($"is told {CountOutcome()}, forgets", acceptorLane);
            case SyncAcceptor:
                return new WorldEvent("oldest write is on disk, its answer leaves", acceptorLane);
            case CrashAcceptor:
                var underWay = _acceptors[action.Process].WritesUnderWay;
                var written = underWay == 0 ? "" : $", {action.Argument} of {underWay} writes reached the disk";
                return new WorldEvent($"crashes and restarts{written}", acceptorLane, EventMark.Crashes);
            case CrashParticipant:
                var kept = action.Argument == 1 ? ", its vote reached the disk" : "";
                return new WorldEvent($"crashes and restarts{kept}", action.Process, EventMark.Crashes);
            default:
                return new WorldEvent("crashes and restarts", recoveryLane, EventMark.Crashes);
        }
    }
}
