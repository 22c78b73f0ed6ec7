using Synod.Explorer.Decision;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Leadership;

/// <summary>
/// Members that believe in leaders, as a world: those with heartbeats (<see cref="FunctionalMember"/>) or with an
/// external failure detector (<see cref="ExternalMember"/>), a network that reorders, doubles and loses, crashes.
/// </summary>
/// <remarks>
/// Messages stay in the network and can arrive any number of times; one that is lost is one that never arrives. So
/// detectors are as wrong as can be: signs of life come late, come again, or never. Writes are on disk at once: what
/// late ones do is explored with <see cref="Practical.PracticalWorld"/>.
/// </remarks>
public sealed class LeadershipWorld : IDecisionWorld
{
    private const int Tick = 1;
    private const int Deliver = 2;
    private const int Crash = 3;

    private readonly LeadershipWorldOptions _options;
    private readonly DecisionCodes _codes;
    private readonly DecisionNetwork _network;
    private readonly ILeadershipRole[] _members;
    private readonly int[] _ticks;
    private readonly int[] _lives;
    private int _crashes;

    /// <summary>Makes the world.</summary>
    public LeadershipWorld(LeadershipWorldOptions options)
    {
        var members = options.Configuration.Voters;
        Check.That(options.Ticks.Count <= members.Count && options.Ticks.All(ticks => ticks is >= 0 and <= 15));
        _options = options;
        _codes = new DecisionCodes(members, members, 'm');
        _network = new DecisionNetwork(_codes, options.Configuration, members.Count, messagesStay: true, options.Nacks);
        _members = new ILeadershipRole[members.Count];
        _ticks = new int[members.Count];
        _lives = new int[members.Count];
        Lanes = [.. Enumerable.Range(1, members.Count).Select(i => $"m{i}")];
        Reset(0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Lanes { get; }

    DecisionNetwork IDecisionWorld.Network => _network;

    ulong IDecisionWorld.LearnedBits => 0;

    bool IDecisionWorld.WentBack => false;

    DecisionNetwork IDecisionWorld.NoteStandings()
    {
        for (var i = 0; i < _members.Length; i++)
        {
            var (mark, acceptor) = _members[i].State;
            _network.Acceptors[i] = new(_codes.CodeOf(acceptor.Promised), _codes.CodeOf(acceptor.AcceptedBallot));
            _network.Proposers[i] = new(_codes.CodeOf(mark.Ballot), 0, MemberSet.Empty, IsLast: false);
        }
        return _network;
    }

    internal bool LeadersAreElected() => _network.AllHeartbeatsHaveQuorums();

    internal bool LeadershipHasPassed()
    {
        foreach (var member in _members)
        {
            foreach (var other in _members)
            {
                if (member.IsLeader && other != member && other.Leader == member.Ballot
                    && _network.HasLed(_codes.CodeOf(other.Ballot)))
                {
                    return true;
                }
            }
        }
        return false;
    }

    internal bool TwoBelieve() => _members.Count(member => member.IsLeader) > 1;

    /// <inheritdoc/>
    public void Reset(int initial)
    {
        Check.That(initial == 0);
        for (var i = 0; i < _members.Length; i++)
        {
            _members[i] = _options.MakeMember(_options.Configuration.Voters[i], _options.Configuration);
            Check.That(_members[i].Propose(_codes.Wish(i, 0)) is null);
        }
        Array.Clear(_ticks);
        Array.Clear(_lives);
        _network.Clear();
        _crashes = 0;
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer)
    {
        for (var i = 0; i < _members.Length; i++)
        {
            _members[i].Write(writer);
            writer.WriteByte((byte)_ticks[i]);
            writer.WriteByte((byte)_lives[i]);
        }
        writer.WriteByte((byte)_crashes);
        _network.Write(writer);
    }

    /// <inheritdoc/>
    public void Read(ref StateReader reader)
    {
        for (var i = 0; i < _members.Length; i++)
        {
            _members[i].Read(ref reader);
            _ticks[i] = reader.ReadByte();
            _lives[i] = reader.ReadByte();
        }
        _crashes = reader.ReadByte();
        _network.Read(ref reader);
    }

    /// <inheritdoc/>
    public void ListActions(ActionList actions)
    {
        for (var i = 0; i < _members.Length; i++)
        {
            if (_ticks[i] < _options.Ticks.ElementAtOrDefault(i))
            {
                actions.Add(new WorldAction(Tick, i, 0));
            }
            if (_crashes < _options.CrashesMax)
            {
                actions.Add(new WorldAction(Crash, i, 0));
            }
        }
        for (var i = 0; i < _network.Pool.Count; i++)
        {
            ListDeliveries(actions, _network.Pool[i]);
        }
    }

    private void ListDeliveries(ActionList actions, ulong code)
    {
        switch (DecisionCodes.Kind(code))
        {
            case DecisionCodes.Promise or DecisionCodes.Nack:
                actions.Add(new WorldAction(Deliver, DecisionCodes.Proposer(code), code));
                break;
            case DecisionCodes.Accepted:
                // The properties count these; a learner would add nothing that they do not see.
                break;
            default:
                for (var i = 0; i < _members.Length; i++)
                {
                    actions.Add(new WorldAction(Deliver, i, code));
                }
                break;
        }
    }

    /// <inheritdoc/>
    public bool Apply(WorldAction action)
    {
        var member = _members[action.Process];
        switch (action.Kind)
        {
            case Tick:
                _ticks[action.Process]++;
                Send(member.Tick());
                break;
            case Deliver:
                Take(member, action.Argument);
                break;
            default:
                Check.That(action.Kind == Crash);
                _crashes++;
                member.Restart(member.State);
                _lives[action.Process]++;
                _network.Send(member.Propose(_codes.Wish(action.Process, _lives[action.Process])));
                break;
        }
        return true;
    }

    private void Take(ILeadershipRole member, ulong code)
    {
        switch (DecisionCodes.Kind(code))
        {
            case DecisionCodes.Prepare:
                var promise = member.Step(_codes.AsPrepare(code));
                Send(promise.Reply?.Within(promise.Reply.Value.Record, _codes.Of), promise.Nack);
                break;
            case DecisionCodes.Accept:
                var accepted = member.Step(_codes.AsAccept(code));
                Send(accepted.Reply?.Within(accepted.Reply.Value.Record, _codes.Of), accepted.Nack);
                break;
            case DecisionCodes.Promise:
                Send(member.Step(_codes.AsPromise(code)));
                break;
            case DecisionCodes.Nack:
                member.Step(_codes.AsNack(code));
                break;
            default:
                member.Hear(_codes.BallotOf(DecisionCodes.BallotCode(code)));
                break;
        }
    }

    private void Send(in LeaderOutcome outcome)
    {
        Send(outcome.Prepare?.Within(outcome.Prepare.Value.Record, _codes.Of), null);
        _network.Send(outcome.Accept);
        if (outcome.SignOfLife is { } ballot)
        {
            _network.Pool.Send(_codes.OfHeartbeat(ballot));
        }
    }

    private void Send(AfterWrite<MemberState, ulong>? afterWrite, Nack? nack)
    {
        if (afterWrite is { } message && message.TryRelease(message.Record, out var code))
        {
            _network.Pool.Send(code);
        }
        if (nack is { } refusal && _options.Nacks)
        {
            _network.Pool.Send(_codes.Of(refusal));
        }
    }

    /// <inheritdoc/>
    public WorldEvent Describe(WorldAction action)
    {
        switch (action.Kind)
        {
            case Tick:
                return new WorldEvent("its time has come", action.Process);
            case Deliver:
                var acceptor = DecisionCodes.Acceptor(action.Argument);
                var from = acceptor == DecisionCodes.Everyone ? DecisionCodes.Proposer(action.Argument) : acceptor - 1;
                return new WorldEvent(_codes.Tell(action.Argument), action.Process, EventMark.Receives, from);
            default:
                return new WorldEvent("crashes and restarts", action.Process, EventMark.Crashes);
        }
    }
}
