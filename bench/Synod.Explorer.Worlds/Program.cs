using System.Diagnostics;
using Synod.Explorer;
using Synod.Explorer.Essential;
using Synod.Paxos;

void Run(PaxosWorldOptions options, int max)
{
    var watch = Stopwatch.StartNew();
    var result = Exploration.Explore(new PaxosWorld(options), new ExplorationLimits { StatesMax = max, StopAtFirstViolation = false }, PaxosProperties.All);
    Console.WriteLine($"{(args.Contains("-v") ? result.ToString() : result.ToString().Split('\n')[0])} {result.IsClean} {watch.Elapsed} {result.UniqueStates / watch.Elapsed.TotalSeconds:f0} states/s");
}
var two = new PaxosWorldOptions { AcceptorsAreInterchangeable = true };
foreach (var o in new[] { two, two with { AcceptorCrashesMax = 1, SyncIsAStep = true }, two with { AcceptorCrashesMax = 1, ProposerCrashesMax = 1 } })
{
    Run(o, 10000000);
    Run(o with { ForgetsTheDead = true }, 10000000);
}
Run(two with { BallotsPerProposer = 2, ForgetsTheDead = true }, int.Parse(args[0]));
