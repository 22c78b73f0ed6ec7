using Synod.Store;

namespace Synod.Simulation;

/// <content>What a healed core owes its clients.</content>
internal sealed partial class World
{
    /// <summary>Demands that the core gets on: new requests on every node of it are done, and all nodes become alike.</summary>
    public void DemandProgress(TimeSpan most)
    {
        var nodes = Core.Select(i => Machines[i]).ToList();
        if (!Until(most, () => nodes.All(m => m.IsWell && m.Life!.Node!.Status.Serving) && Leader() is not null))
        {
            Judges.Verdicts.Add("liveness", $"after {most} not all of the core serve, or nobody leads: {Describe()}");
            return;
        }
        ClientsRest = true;
        var asked = new List<Probe>();
        foreach (var machine in nodes)
        {
            asked.Add(new Probe(this, machine, OperationKind.Put));
            asked.Add(new Probe(this, machine, OperationKind.Get));
        }
        if (!Until(most, () => asked.All(p => p.IsDone()) && _clients.All(c => c.Pending is null) && Load.IsQuiet))
        {
            var open = asked.Where(p => !p.IsDone()).Select(p => p.Last)
                .Concat(_clients.Select(c => c.Pending).OfType<Operation>());
            Judges.Verdicts.Add("liveness", $"not done after {most}: {string.Join("; ", open)}: {Describe()}");
            return;
        }
        DemandLeasesEnd(nodes);
        if (!Until(most, () => nodes.Select(m => m.Life!.Node!.State.AppliedUpTo).Distinct().Count() == 1))
        {
            Judges.Verdicts.Add("liveness", $"nodes are not alike after {most}: {Describe()}");
        }
        if (!Until(most, () => Load.Watchers.All(w => w.HasCaughtUp(Judges.Chronicle.Revision))))
        {
            Judges.Verdicts.Add("liveness", $"not all up to {Judges.Chronicle.Revision} after {most}: {string.Join(", ", Load.Watchers)}: {Describe()}");
        }
    }

    /// <summary>
    /// Nobody renews any more, and somebody leads who hears a quorum: all leases end, a second and an election time-out
    /// after the last deadline at the latest, on every node.
    /// </summary>
    private void DemandLeasesEnd(List<Machine> nodes)
    {
        static OrderedStore StoreOf(Machine machine) => machine.Life!.Node!.State.Store;
        var left = nodes.SelectMany(m => StoreOf(m).Leases()).Select(lease => lease.RemainingMicroseconds).DefaultIfEmpty().Max();
        // What the leader's clock is slow by, and what the reader's was fast by.
        var drift = Options.ClockDriftPartsPerMillion / 1e6;
        var most = TimeSpan.FromMicroseconds(left) * (1 + 2 * drift) + LeaseDelay + Options.Replica.ElectionTimeout;
        if (!Until(most, () => nodes.All(m => m.IsWell && StoreOf(m).LeaseCount == 0)))
        {
            Judges.Verdicts.Add("leases", $"not all are over {most} after the last of them was asked for: {Describe()}");
        }
    }

    private static readonly TimeSpan LeaseDelay = TimeSpan.FromSeconds(1);
}
