using Synod.Paxos;

namespace Synod.Simulation;

/// <summary>
/// One of a node's actors as the scheduler sees it: it has a turn when it asked for one or was woken, never two at a
/// time, and always a little later than it would like.
/// </summary>
internal sealed class Actor(Life life, string name, Func<Instant, Instant> turn)
{
    private Instant _due = Instant.Never;
    private ulong _planned;

    /// <summary>Something was posted to it.</summary>
    public void Wake()
    {
        if (!life.IsRunning)
        {
            return;
        }
        Plan(life.Machine.Now + life.Machine.TurnLatency());
    }

    private void Plan(Instant when)
    {
        if (when >= _due)
        {
            return;
        }
        _due = when;
        var plan = ++_planned;
        life.Machine.Scheduler.At(when, () => Run(plan));
    }

    private void Run(ulong plan)
    {
        if (plan != _planned || !life.IsRunning)
        {
            return;
        }
        _due = Instant.Never;
        var machine = life.Machine;
        if (machine.IsPaused)
        {
            return; // Resuming wakes it.
        }
        machine.Scheduler.Note(TraceKind.Turn, (ulong)machine.Index, name[0]);
        var next = turn(life.Clock.Read(machine.Now));
        life.AfterTurn(name);
        if (life.IsRunning && next != Instant.Never)
        {
            var truth = life.Clock.WhenShows(next);
            var least = machine.Now + machine.TurnLatency();
            Plan(truth > least ? truth : least);
        }
    }
}
