using Synod.Paxos;

namespace Synod.Node;

/// <content>The turns of its actors, and what becomes of the node when one fails.</content>
public sealed partial class SynodNode
{
    /// <summary>A turn of the core.</summary>
    public Instant CoreTurn(Instant now) => Guarded(_coreTurn, now);

    /// <summary>A turn of the journal.</summary>
    public Instant JournalTurn(Instant now) => Guarded(_journalTurn, now);

    /// <summary>A turn of the apply actor.</summary>
    public Instant ApplyTurn(Instant now) => Guarded(_applyTurn, now);

    private Instant TurnCore(Instant now)
    {
        if (IsEnding)
        {
            _core!.Stop();
            return Instant.Never;
        }
        var next = _core!.Turn(now);
        if (_core.Fault is { } fault)
        {
            SetFault(fault);
            return now;
        }
        Publish();
        return next;
    }

    private Instant TurnApply(Instant now)
    {
        if (IsEnding)
        {
            _apply!.Stop(Failure.Stopped);
            return Instant.Never;
        }
        var next = _apply!.Turn(now);
        _compactor.Turn(now, Status.Leader == _options.Self, _state.Store);
        TellAlarms();
        return next;
    }

    private void TellAlarms()
    {
        var alarms = _state.Store.Alarms; // Another list whenever something has changed, or a snapshot was installed.
        if (!ReferenceEquals(alarms, _alarmsTold))
        {
            if (alarms.Count > 0 || _alarmsTold.Count > 0)
            {
                _observer.Alarms(alarms);
            }
            _alarmsTold = alarms;
        }
    }

    /// <summary>
    /// Whatever a turn throws is a fault of the node: an actor that died alone would leave the others serving with half
    /// a node, and its clients waiting.
    /// </summary>
    private Instant Guarded(Func<Instant, Instant> turn, Instant now)
    {
        try
        {
            return turn(now);
        }
#pragma warning disable CA1031 // It is reported, and the node ends.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            SetFault(broken.ToString());
            // In its next turns the actor tells those who wait. Each of them is told once, whatever telling one throws.
            return now + AfterFaultTick;
        }
    }

    private void SetFault(string why)
    {
        // The exchange is a full fence: see Post.
        if (Interlocked.CompareExchange(ref _fault, why, null) is null)
        {
            _observer.Fault(why);
            _wakes.Core();
            _wakes.Apply();
        }
    }

    private void Publish()
    {
        var leader = _replica.Leader;
        var applied = new Slot(_board.AppliedUpTo);
        var serving = _core!.IsActive;
        var old = Volatile.Read(ref _status);
        if (old.Leader != leader || old.Ballot != _replica.Promised || old.ChosenUpTo != _replica.ChosenUpTo ||
            old.AppliedUpTo != applied || old.Serving != serving || old.NoSpace != _host!.NoSpace ||
            !ReferenceEquals(old.FullPeers, _core.FullPeers))
        {
            Volatile.Write(ref _status, new NodeStatus(
                _options.Self, leader, _replica.Promised, _replica.ChosenUpTo, applied, serving, null)
            {
                NoSpace = _host!.NoSpace,
                FullPeers = _core.FullPeers,
            });
        }
    }

    private static readonly TimeSpan AfterFaultTick = TimeSpan.FromMilliseconds(1);
}
