using System.Diagnostics;
using Synod.Explorer;
using Synod.Explorer.Essential;
using Synod.Explorer.Practical;
using Synod.Paxos;

void Run<T>(T world, int max, IReadOnlyList<Property<T>> all) where T : IWorld
{
    var watch = Stopwatch.StartNew();
    var result = Exploration.Explore(world, new ExplorationLimits { StatesMax = max, StopAtFirstViolation = true }, all);
    Console.WriteLine($"{(args.Contains("-v") ? result.ToString() : result.ToString().Split('\n')[0] + string.Join(", ", result.Properties.Where(p=>p.Verdict==PropertyVerdict.Violated).Select(p => p.Name)))} {result.IsClean} {watch.Elapsed} {result.UniqueStates / watch.Elapsed.TotalSeconds:f0} states/s");
}
void P(PracticalWorldOptions o) => Run(new PracticalWorld(o), 2000000, PracticalProperties.All);
// void E(PaxosWorldOptions o) => Run(new PaxosWorld(o), 2000000, PaxosProperties.All);

P(new() { Nacks = false, CrashesMax = 1, ForgetsTheDead = true });
P(new() { Nacks = true, ForgetsTheDead = true });
