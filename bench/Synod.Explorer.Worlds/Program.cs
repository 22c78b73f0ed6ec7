using System.Diagnostics;
using System.Globalization;
using Synod.Explorer;
using Synod.Explorer.Commit;
using Synod.Explorer.Essential;
using Synod.Explorer.Leadership;
using Synod.Explorer.Multi;
using Synod.Explorer.Practical;

// The worlds that are too large for the tests. Without arguments: their names. With names: explores these.
var twoBallots = new PaxosWorldOptions
{
    BallotsPerProposer = 2, AcceptorsAreInterchangeable = true, ForgetsTheDead = true,
};
var members = new PracticalWorldOptions { ForgetsTheDead = true };
var log = new LogWorldOptions { ChosenArrives = false };
var worlds = new Dictionary<string, Action>
{
    ["two-ballots-whole"] = () => Explore(
        new PaxosWorld(twoBallots with { ForgetsTheDead = false }), PaxosProperties.All),
    ["three-ballots"] = () => Explore(
        new PaxosWorld(twoBallots with { BallotsPerProposer = 3 }), PaxosProperties.All),
    ["two-ballots-late-syncs"] = () => Explore(
        new PaxosWorld(twoBallots with { AcceptorCrashesMax = 1, SyncIsAStep = true }), PaxosProperties.All),
    ["three-members-refusals-late-writes"] = () => Explore(new PracticalWorld(members), PracticalProperties.All),
    ["three-members-refusals-crash"] = () => Explore(
        new PracticalWorld(members with { SyncIsAStep = false, CrashesMax = 1 }), PracticalProperties.All),
    ["commit-late-writes"] = () => Explore(
        new CommitWorld(new() { MayVoteAborted = false, AcceptorCrashesMax = 1, AcceptorSyncIsAStep = true }),
        CommitProperties.All),
    ["leadership-three-heartbeats"] = () => Explore(
        new LeadershipWorld(new() { Nacks = false }), LeadershipProperties.All),
    ["leadership-three-external"] = () => Explore(
        new LeadershipWorld(new() { Nacks = false, MakeMember = (self, all) => new ExternalMember(self, all) }),
        LeadershipProperties.All),
    ["log-three-nodes"] = () => Explore(new LogWorld(log), LogProperties.All),
    ["log-three-nodes-prefixes-told"] = () => Explore(
        new LogWorld(new() { Commands = [1, 0] }), LogProperties.All),
};
foreach (var unknown in args.Where(name => !worlds.ContainsKey(name)))
{
    Console.Error.WriteLine($"No world is called {unknown}.");
    return 2;
}
foreach (var name in args.Length == 0 ? worlds.Keys.ToArray() : args)
{
    Console.WriteLine(name);
    if (args.Length > 0)
    {
        worlds[name]();
    }
}
return 0;

static void Explore<TWorld>(TWorld world, IReadOnlyList<Property<TWorld>> properties)
    where TWorld : IWorld
{
    var process = Process.GetCurrentProcess();
    var before = process.TotalProcessorTime;
    var result = Exploration.Explore(
        world, new ExplorationLimits { StatesMax = 60_000_000, StopAtFirstViolation = false }, properties);
    Console.Write(result);
    process.Refresh();
    var seconds = (process.TotalProcessorTime - before).TotalSeconds;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{seconds:f0} s of processor, {result.UniqueStates / seconds:f0} states a second"));
}
