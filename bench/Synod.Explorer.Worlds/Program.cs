using System.Diagnostics;
using Synod.Explorer;
using Synod.Explorer.Essential;
using Synod.Explorer.Practical;
using Synod.Paxos;

void Run<T>(T world, int max, IReadOnlyList<Property<T>> all) where T : IWorld
{
    var watch = Stopwatch.StartNew();
    var result = Exploration.Explore(world, new ExplorationLimits { StatesMax = max, StopAtFirstViolation = true }, all);
    Console.WriteLine($"{(args.Contains("-v") || result.Properties.Any(p=>p.Verdict==PropertyVerdict.Violated) ? result.ToString() : result.ToString().Split('\n')[0])} {result.IsClean} {watch.Elapsed} {result.UniqueStates / watch.Elapsed.TotalSeconds:f0} states/s");
}
void P(PracticalWorldOptions o) => Run(new PracticalWorld(o), 3000000, PracticalProperties.All);
void E(PaxosWorldOptions o) => Run(new PaxosWorld(o), 3000000, PaxosProperties.All);
var two = new PaxosWorldOptions { AcceptorsAreInterchangeable = true };
E(two);
E(two with { AcceptorCrashesMax = 1, SyncIsAStep = true, ForgetsTheDead = true });
E(two with { BallotsPerProposer = 2, ForgetsTheDead = true });
E(two with { BallotsPerProposer = 2, AcceptorCrashesMax = 1, SyncIsAStep = true, ForgetsTheDead = true });
    Configuration WriteOneOfTwo =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 2, phase2Size: 1));
    Configuration WriteAllOfTwo =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 1, phase2Size: 2));
var worlds = new PracticalWorldOptions[]{
 new() { SyncIsAStep = false, Nacks = false },
            new() { Configuration = WriteAllOfTwo, SyncIsAStep = false, CrashesMax = 1 },
            new() { Configuration = WriteAllOfTwo, Nacks = false, CrashesMax = 1 },
            new() { Configuration = WriteOneOfTwo, CrashesMax = 1 },
            new() { Configuration = WriteAllOfTwo, Proposers = 1, BallotsPerProposer = 2, CrashesMax = 1 },
};
foreach (var w in worlds) { P(w); P(w with { ForgetsTheDead = true }); }
P(new() { Nacks = false, SyncIsAStep = false, CrashesMax = 1, ForgetsTheDead = true });
P(new() { Nacks = false, CrashesMax = 1, ForgetsTheDead = true });
