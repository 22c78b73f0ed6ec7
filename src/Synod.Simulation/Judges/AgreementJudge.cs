using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Simulation;

/// <summary>
/// Agreement: no two nodes, in whatever lives, apply different decrees in one slot. (Lamport 2001, §2.1: "only a single
/// value is chosen".)
/// </summary>
internal sealed class AgreementJudge(Verdicts verdicts, Scheduler scheduler)
{
    private readonly Dictionary<ulong, (ulong Hash, string Who)> _chosen = [];

    public void Watch(Life life)
    {
        var who = $"{life.Machine.Name} in life {life.Number}";
        var last = 0UL;
        life.Node!.State.OnInstalled = slot =>
        {
            scheduler.Note(TraceKind.Applied, (ulong)life.Machine.Index, slot.Number);
            if (slot.Number <= last)
            {
                verdicts.Add("agreement", $"{who} went back to the snapshot of slot {slot} after {last}");
            }
            last = slot.Number;
        };
        life.Node!.State.OnApplied = learned =>
        {
            var hash = HashOf(learned.Decree);
            scheduler.Note(TraceKind.Applied, (ulong)life.Machine.Index, learned.Slot.Number ^ hash);
            if (learned.Slot.Number != ++last)
            {
                verdicts.Add("agreement", $"{who} applied slot {learned.Slot} after {last - 1}");
            }
            if (!_chosen.TryGetValue(learned.Slot.Number, out var known))
            {
                _chosen.Add(learned.Slot.Number, (hash, who));
            }
            else if (known.Hash != hash)
            {
                verdicts.Add("agreement", $"slot {learned.Slot}: {who} applied another decree than {known.Who}");
            }
        };
    }

    public static ulong HashOf(in Decree decree)
    {
        var hash = Chance.Mix((ulong)decree.Kind + ((ulong)decree.ElapsedMicroseconds << 8));
        foreach (var b in decree.Value.Span)
        {
            hash = unchecked((hash ^ b) * 1099511628211);
        }
        return hash;
    }
}
