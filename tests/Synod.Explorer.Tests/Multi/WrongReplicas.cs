using Synod.Explorer.Multi;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Tests.Multi;

// Each class here is the real replica with one rule broken at its edge.

/// <summary>P1: after a restart it does not remember the ballots that it has used itself.</summary>
internal sealed class BallotReusingReplica(NodeId self, Configuration configuration, ReplicaOptions options)
    : ReplicaRole(self, configuration, options)
{
    public override void Recover(in StateRecord record, ulong number, ReplicaOutput output)
    {
        if (record.Kind != StateRecordKind.Promised || record.Ballot.Node != Replica.Self)
        {
            base.Recover(record, number, output);
        }
    }
}

/// <summary>P3: nothing waits for the disk.</summary>
internal sealed class UnsyncedReplica(NodeId self, Configuration configuration, ReplicaOptions options)
    : ReplicaRole(self, configuration, options)
{
    public override ulong WaitsFor(in Outgoing message) => 0;
}

/// <summary>Does not look at what was accepted before it campaigned.</summary>
internal sealed class StubbornReplica(NodeId self, Configuration configuration, ReplicaOptions options)
    : ReplicaRole(self, configuration, options)
{
    public override void Step(LogMessage message, ReplicaOutput output) => base.Step(
        message.Kind == MessageKind.Promise ? message with { Promise = message.Promise with { Entries = [] } } : message,
        output);
}

/// <summary>Starts again with an empty memory: a wiped disk that is taken for a new one.</summary>
internal sealed class ForgetfulReplica(NodeId self, Configuration configuration, ReplicaOptions options)
    : ReplicaRole(self, configuration, options)
{
    public override void Recover(in StateRecord record, ulong number, ReplicaOutput output)
    {
    }
}

/// <summary>Remembers its promises, and forgets what it has accepted.</summary>
internal sealed class PromisesOnlyReplica(NodeId self, Configuration configuration, ReplicaOptions options)
    : ReplicaRole(self, configuration, options)
{
    public override void Recover(in StateRecord record, ulong number, ReplicaOutput output)
    {
        if (record.Kind == StateRecordKind.Promised)
        {
            base.Recover(record, number, output);
        }
    }
}
