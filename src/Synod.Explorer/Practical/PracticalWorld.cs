using Synod.Explorer.Decision;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Practical;

/// <summary>
/// Practical Paxos as a world: the real <see cref="Member"/> and <see cref="Outbox{TRecord, TMessage}"/>, a network
/// that reorders, doubles and loses, disks on which each write takes a while, members that crash between write and
/// reply.
/// </summary>
/// <remarks>
/// Messages stay in the network and can arrive any number of times; one that is lost is one that never arrives. A crash
/// and the start after it are one step.
/// </remarks>
public sealed partial class PracticalWorld : IDecisionWorld
{
    private readonly PracticalWorldOptions _options;
    private readonly DecisionCodes _codes;
    private readonly MemberProcess[] _members;
    private readonly DecisionNetwork _network;
    private readonly Probe _probe;
    private readonly MessagePool _pool;
    private readonly Func<Promise, ulong> _ofPromise;
    private readonly Func<Accepted, ulong> _ofAccepted;
    private readonly Ballot _highest;
    private readonly StateWriter[] _before;
    private readonly StateWriter _after = new();
    private int _crashes;
    private bool _wentBack;

    /// <summary>Makes the world.</summary>
    public PracticalWorld(PracticalWorldOptions options)
    {
        Check.That(options.BallotsPerProposer is >= 1 and <= 15);
        Check.That(options.Proposers >= 1 && options.Proposers <= options.Configuration.Voters.Count);
        Check.That(options.Learners >= 0 && options.Learners <= options.Configuration.Voters.Count);
        Check.That(!options.ForgetsTheDead || options.Learners == 0);
        _options = options;
        var members = options.Configuration.Voters;
        _codes = new DecisionCodes(members, members, 'm');
        _highest = new Ballot(DecisionCodes.RoundMax, members[^1], 1);
        _network = new DecisionNetwork(_codes, options.Configuration, members.Count, messagesStay: true, options.Nacks);
        _probe = new Probe(_codes, members);
        _pool = _network.Pool;
        (_ofPromise, _ofAccepted) = (_codes.Of, _codes.Of);
        _members = new MemberProcess[options.Configuration.Voters.Count];
        _before = [.. _members.Select(static _ => new StateWriter())];
        Lanes = [.. Enumerable.Range(1, _members.Length).Select(i => $"m{i}")];
        Reset(0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Lanes { get; }

    DecisionNetwork IDecisionWorld.Network => _network;

    ulong IDecisionWorld.LearnedBits
    {
        get
        {
            var learned = 0UL;
            foreach (var member in _members)
            {
                learned |= member.Role.Chosen is { } value ? 1UL << _codes.CodeOf(value) : 0;
            }
            return learned;
        }
    }

    bool IDecisionWorld.WentBack => _wentBack;

    DecisionNetwork IDecisionWorld.NoteStandings() => NoteStandings();

    private DecisionNetwork NoteStandings()
    {
        for (var i = 0; i < _members.Length; i++)
        {
            var (disk, role) = (_members[i].Disk, _members[i].Role);
            var ballot = _codes.CodeOf(role.Ballot);
            _network.Acceptors[i] = new(
                _codes.CodeOf(disk.Acceptor.Promised), _codes.CodeOf(disk.Acceptor.AcceptedBallot));
            _network.Proposers[i] = new(
                _codes.CodeOf(disk.Mark.Ballot),
                role.Stage == ProposerStage.Preparing ? ballot : 0,
                role.Promises,
                IsLast: _members[i].BallotsUsed == _options.BallotsPerProposer && _crashes == _options.CrashesMax,
                Leaving: role.Stage == ProposerStage.Idle ? 0 : ballot);
        }
        return _network;
    }

    internal bool SomebodyGaveUp()
    {
        foreach (var member in _members)
        {
            // It began a ballot in its only life, and has none under way.
            if (member.Life == 0 && member.BallotsUsed > 0 && member.Role.Stage == ProposerStage.Idle)
            {
                return true;
            }
        }
        return false;
    }

    /// <inheritdoc/>
    public void Reset(int initial)
    {
        Check.That(initial == 0);
        for (var i = 0; i < _members.Length; i++)
        {
            var role = _options.MakeMember(_options.Configuration.Voters[i], _options.Configuration);
            _members[i] = new MemberProcess(role, _options.SyncIsAStep);
            if (i < _options.Proposers)
            {
                Check.That(role.Propose(_codes.Wish(i, 0)) is null);
            }
        }
        _network.Clear();
        _crashes = 0;
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer)
    {
        foreach (var member in _members)
        {
            member.Write(writer);
        }
        writer.WriteByte((byte)_crashes);
        _network.Write(writer);
    }

    /// <inheritdoc/>
    public void Read(ref StateReader reader)
    {
        foreach (var member in _members)
        {
            member.Read(ref reader);
        }
        _crashes = reader.ReadByte();
        _network.Read(ref reader);
        foreach (var before in _before)
        {
            before.Clear();
        }
    }
}
