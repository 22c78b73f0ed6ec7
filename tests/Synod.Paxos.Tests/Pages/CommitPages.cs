using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Paxos.Tests.Pages;

/// <summary>The examples of docs/algorithms about transactions; see <see cref="EssentialPages"/>.</summary>
public class CommitPages
{
    [Fact]
    public void Two_phase_commit_is_paxos_commit_with_one_acceptor()
    {
        // page: two-phase-commit
        // Two-phase commit is Paxos Commit with a single acceptor: the coordinator's disk.
        var coordinator = Configuration.OfMajority(1);
        NodeId[] participants = [new(11), new(12)];
        var transaction = new Transaction(new TransactionId(participants[0], 1), participants);
        var acceptor = new CommitAcceptor(coordinator.Voters[0], new CommitLimits());
        var outcome = new OutcomeLearner(coordinator, transaction);

        foreach (var self in participants)
        {
            var cast = new Participant(self, transaction, default).Cast(Vote.Prepared);
            cast.TryRelease(cast.Record, out var vote);       // "yes", after it is on the participant's disk
            var reply = acceptor.Step(vote).Reply!.Value;
            reply.TryRelease(reply.Record, out var accepted); // written by the coordinator
            outcome.Step(accepted);
        }
        Check.That(outcome.Outcome == Outcome.Committed);

        // What it lacks: every quorum contains the one coordinator. While it is down nobody can find out, or decide.
        Check.That(!coordinator.Quorums.IsPhase1Quorum(MemberSet.Empty));
        // end of page
    }

    [Fact]
    public void Who_is_cut_off_cannot_decide_alone()
    {
        // page: three-phase-commit
        // Two nodes recover at the same time, each on its side of a cut network. Three-phase commit lets both decide.
        // Here the side without a quorum gets no answer that it could decide by.
        var cluster = Configuration.OfMajority(3);
        NodeId[] participants = [new(11), new(12)];
        var transaction = new Transaction(new TransactionId(participants[0], 1), participants);
        var acceptors = cluster.Voters.Select(voter => new CommitAcceptor(voter, new CommitLimits())).ToArray();

        int ProposalsOf(NodeId self, params CommitAcceptor[] reachable)
        {
            var recovery = new Recovery(
                self, 1, cluster, transaction, new OutcomeLearner(cluster, transaction), default);
            var begun = recovery.Begin();
            begun.TryRelease(begun.Record, out var prepare);
            var proposals = 0;
            foreach (var instance in recovery.OpenInstances)
            {
                foreach (var acceptor in reachable)
                {
                    if (acceptor.Step(new InInstance<Prepare>(instance, prepare)).Reply is { } reply)
                    {
                        reply.TryRelease(reply.Record, out var promise);
                        proposals += recovery.Step(promise) is null ? 0 : 1;
                    }
                }
            }
            return proposals;
        }

        Check.That(ProposalsOf(new NodeId(21), acceptors[0]) == 0);               // the smaller side waits
        Check.That(ProposalsOf(new NodeId(22), acceptors[1], acceptors[2]) == 2); // the larger side ends it
        // end of page
    }

    [Fact]
    public void A_dead_participant_does_not_block_the_others()
    {
        // page: paxos-commit
        var cluster = Configuration.OfMajority(3);
        NodeId alive = new(11), dead = new(12), anybody = new(21);
        var transaction = new Transaction(new TransactionId(alive, 1), [alive, dead]);
        var acceptors = cluster.Voters.Select(voter => new CommitAcceptor(voter, new CommitLimits())).ToArray();
        var learner = new OutcomeLearner(cluster, transaction);

        void Deliver(InInstance<Accept> accept)
        {
            foreach (var acceptor in acceptors)
            {
                if (acceptor.Step(accept).Reply is { } reply && reply.TryRelease(reply.Record, out var accepted))
                {
                    learner.Step(accepted);
                }
            }
        }

        var cast = new Participant(alive, transaction, default).Cast(Vote.Prepared);
        cast.TryRelease(cast.Record, out var vote);
        Deliver(vote);
        Check.That(learner.Outcome is null); // the other one does not speak

        var recovery = new Recovery(anybody, 1, cluster, transaction, learner, default);
        var begun = recovery.Begin();
        begun.TryRelease(begun.Record, out var prepare);
        foreach (var instance in recovery.OpenInstances)
        {
            foreach (var acceptor in acceptors)
            {
                var reply = acceptor.Step(new InInstance<Prepare>(instance, prepare)).Reply!.Value;
                reply.TryRelease(reply.Record, out var promise);
                if (recovery.Step(promise) is { } accept)
                {
                    Deliver(accept);
                }
            }
        }
        Check.That(learner.ChosenAt(0) == Vote.Prepared && learner.ChosenAt(1) == Vote.Aborted);
        Check.That(learner.Outcome == Outcome.Aborted);
        // end of page
    }
}
