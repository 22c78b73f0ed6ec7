using Synod.Explorer.Leadership;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Tests.Leadership;

// Each class here is the real member with one rule broken. Each rule was broken for real somewhere.

/// <summary>Takes its turn for a lead: proposes and gives signs of life without waiting for phase 1.</summary>
internal sealed class Usurper(NodeId self, Configuration configuration) : FunctionalMember(self, configuration)
{
    private Value _wish;

    public override Accept? Propose(Value value)
    {
        _wish = value;
        return base.Propose(value);
    }

    public override LeaderOutcome Tick()
    {
        var right = base.Tick();
        return right.Prepare is null ? right : right with { Accept = new Accept(Ballot, _wish), SignOfLife = Ballot };
    }
}

/// <summary>Goes on under the ballot of the leader that it followed, as if that were prepared for it, too.</summary>
internal sealed class Heir(NodeId self, Configuration configuration) : ExternalMember(self, configuration)
{
    private readonly NodeId _self = self;
    private Value _wish;

    public override Accept? Propose(Value value)
    {
        _wish = value;
        return base.Propose(value);
    }

    public override LeaderOutcome Tick() =>
        Leader.IsNone || Leader.Node == _self ? base.Tick() : new(null, new Accept(Leader, _wish), null);
}

/// <summary>Holds what it hears of another's lead for a quorum of promises, and leads its own attempt.</summary>
internal sealed class Flatterer(NodeId self, Configuration configuration) : ExternalMember(self, configuration)
{
    private readonly Configuration _configuration = configuration;

    public override LeaderOutcome Step(in Promise promise)
    {
        // One promise is taken for all.
        var outcome = base.Step(promise);
        foreach (var voter in _configuration.Voters)
        {
            if (!IsLeader)
            {
                outcome = base.Step(promise with { From = voter });
            }
        }
        return outcome;
    }
}
