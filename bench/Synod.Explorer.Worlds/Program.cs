using System.Diagnostics;
using Synod.Explorer;
using Synod.Explorer.Commit;
using Synod.Paxos;

void Run<T>(T world, int max, IReadOnlyList<Property<T>> all) where T : IWorld
{
    var watch = Stopwatch.StartNew();
    var result = Exploration.Explore(world, new ExplorationLimits { StatesMax = max, StopAtFirstViolation = true }, all);
    Console.WriteLine($"{(args.Contains("-v") ? result.ToString() : result.ToString().Split('\n')[0] + string.Join(", ", result.Properties.Where(p=>p.Verdict==PropertyVerdict.Violated).Select(p => p.Name)))} {result.IsClean} {watch.Elapsed} {result.UniqueStates / watch.Elapsed.TotalSeconds:f0} states/s");
}
void C(CommitWorldOptions o) => Run(new CommitWorld(o), 1000000, CommitProperties.All);
C(new());
C(new() { AcceptorCrashesMax = 1});
C(new() { AcceptorCrashesMax = 1, OutcomeIsTold = true});
C(new() { AcceptorCrashesMax = 1, AcceptorSyncIsAStep = true, MayVoteAborted = false, Participants = 1});
C(new() { AcceptorCrashesMax = 1, ParticipantCrashesMax = 1, Participants = 1});
C(new() { AcceptorCrashesMax = 1, AcceptorSyncIsAStep = true, MayVoteAborted = false});
