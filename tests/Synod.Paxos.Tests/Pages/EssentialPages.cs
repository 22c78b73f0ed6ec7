using Synod.Paxos.Essential;

namespace Synod.Paxos.Tests.Pages;

/// <summary>
/// The examples of docs/algorithms. What stands between "page:" and "end of page" is the page's code, letter by letter; a
/// repository test compares them, and here they run.
/// </summary>
public class EssentialPages
{
    [Fact]
    public void Basic_paxos_chooses_a_value_and_a_later_proposer_finds_it()
    {
        // page: basic-paxos
        var cluster = Configuration.OfMajority(3);
        var acceptors = cluster.Voters.Select(voter => new Acceptor(voter, default)).ToArray();
        var learner = new Learner(cluster);

        Value? Run(Proposer proposer, params Acceptor[] reachable)
        {
            var begun = proposer.Prepare();
            begun.TryRelease(begun.Record, out var prepare);          // its mark is on disk
            Accept? accept = null;
            foreach (var acceptor in reachable)
            {
                if (acceptor.Step(prepare) is { } answer)
                {
                    answer.TryRelease(answer.Record, out var promise); // the promise is on disk
                    accept ??= proposer.Step(promise);
                }
            }
            foreach (var acceptor in reachable)
            {
                if (accept is { } message && acceptor.Step(message) is { } answer)
                {
                    answer.TryRelease(answer.Record, out var accepted); // the acceptance is on disk
                    learner.Step(accepted);
                }
            }
            return learner.Chosen;
        }

        var first = new Proposer(new NodeId(11), 1, cluster, default);
        first.Propose(Value.FromText("red"));
        Check.That(Run(first, acceptors[0], acceptors[1]) == Value.FromText("red"));

        var second = new Proposer(new NodeId(12), 1, cluster, default);
        second.Propose(Value.FromText("blue"));
        Check.That(Run(second, acceptors[1], acceptors[2]) == Value.FromText("red")); // it found red, and kept to it
        // end of page
    }

    [Fact]
    public void Flexible_quorums_meet_or_are_refused()
    {
        // page: flexible-quorums
        var fewAcceptances = QuorumSystem.Flexible(voters: 4, phase1Size: 3, phase2Size: 2);
        Check.That(fewAcceptances.IsPhase2Quorum(MemberSet.First(2)));
        Check.That(!fewAcceptances.IsPhase1Quorum(MemberSet.First(2)));

        var grid = QuorumSystem.Grid(rows: 3, columns: 3);        // nine voters, quorums of three
        Check.That(grid.Phase1Size == 3 && grid.Phase2Size == 3);

        var heavy = QuorumSystem.Weighted([3, 1, 1, 1, 1], phase1Weight: 4, phase2Weight: 4);
        Check.That(heavy.IsPhase2Quorum(new MemberSet(0b00011))); // the heavy one and any other

        try
        {
            QuorumSystem.Flexible(voters: 4, phase1Size: 2, phase2Size: 2);
            Check.Fail("two quorums of two among four can miss each other");
        }
        catch (ArgumentException refusal)
        {
            Check.That(refusal.Message.Contains("{0,1} and phase-2 quorum {2,3}", StringComparison.Ordinal));
        }
        // end of page
    }

    [Fact]
    public void A_log_is_a_row_of_decrees_under_one_ballot()
    {
        // page: multi-paxos
        // One ballot, many slots: phase 1 happens once, and every further decree costs one round trip.
        var cluster = Configuration.OfMajority(3);
        var ballot = Ballot.None.NextFor(new NodeId(1), incarnation: 1);
        var log = new (Acceptor[] Acceptors, Learner Learner)[3];
        for (var slot = 0; slot < log.Length; slot++)
        {
            log[slot] = ([.. cluster.Voters.Select(voter => new Acceptor(voter, default))], new Learner(cluster));
            foreach (var acceptor in log[slot].Acceptors)
            {
                Check.That(acceptor.Step(new Prepare(ballot)) is not null); // in the real log: one promise for all slots
            }
        }
        string[] commands = ["x = 1", "x = 2", "y = x"];
        for (var slot = 0; slot < log.Length; slot++)
        {
            foreach (var acceptor in log[slot].Acceptors.Take(2))
            {
                var answer = acceptor.Step(new Accept(ballot, Value.FromText(commands[slot])))!.Value;
                answer.TryRelease(answer.Record, out var accepted);
                log[slot].Learner.Step(accepted);
            }
        }
        Check.That(log.All(slot => slot.Learner.Chosen is not null)); // now apply them, in the order of the slots
        // end of page
    }

    [Fact]
    public void A_register_that_is_set_once_is_basic_paxos()
    {
        // page: caspaxos
        // The change "if it is empty, then v0", proposed by two nodes: both end with the same value. This much is basic
        // Paxos; a register goes on from here under higher ballots.
        var cluster = Configuration.OfMajority(3);
        var acceptors = cluster.Voters.Select(voter => new Acceptor(voter, default)).ToArray();

        Value SetOnce(NodeId node, string value)
        {
            var proposer = new Proposer(node, 1, cluster, default);
            proposer.Propose(Value.FromText(value));
            var begun = proposer.Prepare();
            begun.TryRelease(begun.Record, out var prepare);
            foreach (var acceptor in acceptors)
            {
                if (acceptor.Step(prepare) is not { } answer)
                {
                    continue;
                }
                answer.TryRelease(answer.Record, out var promise);
                if (proposer.Step(promise) is { } accept)
                {
                    Check.That(acceptors.Count(each => each.Step(accept) is not null) >= 2);
                    return accept.Value;
                }
            }
            throw new InvalidOperationException("no quorum");
        }

        Check.That(SetOnce(new NodeId(11), "v0") == Value.FromText("v0"));
        Check.That(SetOnce(new NodeId(12), "other") == Value.FromText("v0"));
        // end of page
    }
}
