using Synod.Paxos;

namespace Synod.Simulation;

/// <summary>
/// Nodes stop only for the disk faults that were put into them, start whenever they can, and end every request exactly
/// once and in time.
/// </summary>
internal sealed class SoundnessJudge(Verdicts verdicts, TimeSpan nodeTimeout)
{
    private readonly HashSet<Life> _faulted = [];

    public void Look(Life life)
    {
        if (life.Node!.Fault is { } fault && _faulted.Add(life) && !life.HadDiskFault)
        {
            verdicts.Add("soundness", $"{life.Machine.Name} in life {life.Number} stopped without cause: {fault}");
        }
    }

    public void Refused(Machine machine, string why) =>
        verdicts.Add("soundness", $"{machine.Name} does not start in life {machine.Lives}: {why}");

    public void StillWaiting(Machine machine, Operation operation, Instant calledAt, Instant now)
    {
        // The node counts from when its core takes the request; before that it may wait as long for others to be given up.
        var since = calledAt > operation.Life.ReadySince ? calledAt : operation.Life.ReadySince;
        if (!machine.IsPaused && now - since > nodeTimeout * 2 + Grace && operation.Endings == 0)
        {
            verdicts.Add("soundness", $"nobody answered {operation} for {now - since}");
        }
    }

    public void Close(History history)
    {
        foreach (var operation in history.Operations)
        {
            if (operation.Endings > 1)
            {
                verdicts.Add("soundness", $"{operation} was answered {operation.Endings} times");
            }
        }
    }

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
}
