// Who leads, where the host knows by itself who is up: here from a set that stands for an operator, a cluster manager
// or a lease. The failure detector may be wrong. Then two believe for a while that they lead, and the acceptors hear
// only the higher one.
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.External;

var cluster = Configuration.OfMajority(3);
var members = cluster.Voters.Select(self => new Member(self, 1, cluster, default)).ToArray();
var reachable = new SortedSet<int> { 0, 1, 2 };

// The detector calls this when its opinion changes: the first reachable member should lead.
void DetectorSays(string why)
{
    var candidate = members[reachable.Min];
    Console.WriteLine($"{why}: {candidate.Self} tries");
    var begun = candidate.Prepare()!.Value;
    Check.That(begun.TryRelease(candidate.State, out var prepare)); // a real host writes begun.Record before
    Proclamation? won = null;
    foreach (var place in reachable)
    {
        var answer = members[place].Step(prepare);
        if (answer.Reply is { } reply && reply.TryRelease(members[place].State, out var promise))
        {
            won ??= candidate.Step(promise).Proclamation;
        }
        else if (answer.Nack is { } nack)
        {
            candidate.Step(nack); // the next attempt will be above what this tells
        }
    }
    foreach (var place in reachable.Where(_ => won.HasValue))
    {
        members[place].Step(won!.Value);
    }
    Tell();
}

void Tell()
{
    foreach (var member in members)
    {
        var belief = member.IsLeader ? ", believes that it leads" : "";
        Console.WriteLine($"  {member.Self} follows {member.Leader}{belief}");
    }
}

DetectorSays("all are up");
reachable.Remove(0);
DetectorSays("n1 is cut off");

// n1 has heard nothing of it, and proposes under its old ballot. Nobody obeys; the refusals end its belief.
var late = members[0].Propose(Value.FromText("late"))!.Value;
reachable.Add(0);
Console.WriteLine($"n1 is back and proposes under {late.Ballot}");
foreach (var place in new[] { 1, 2 })
{
    var answer = members[place].Step(late);
    Check.That(answer.Reply is null);
    members[0].Step(answer.Nack!.Value);
}
Tell();
return members.Count(member => member.IsLeader) == 1 && members[1].IsLeader ? 0 : 1;
