using Synod.Explorer;
using Synod.Explorer.Leadership;
using Synod.Paxos;


var r = Exploration.Explore(new LeadershipWorld(new() { Configuration = Configuration.OfMajority(2), MakeMember = (a, c) => new ExternalMember(a, c) }), new ExplorationLimits(), LeadershipProperties.LeadershipPasses);
Console.Write(SpaceTimeDiagram.Draw(r.Properties[0].Trace!, "m2 leads, m1 knows"));
