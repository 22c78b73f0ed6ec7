using Synod.Explorer.Decision;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Essential;

/// <summary>
/// Single-decree Paxos as a world: the real <see cref="Proposer"/>, <see cref="Acceptor"/> and <see cref="Learner"/>,
/// a network that reorders, doubles and loses, disks that are synced late, processes that crash.
/// </summary>
/// <remarks>
/// A crash and the start after it are one step: a process that is down for a while is one to which nothing happens, and
/// messages that come meanwhile are lost, which the network covers.
/// </remarks>
public sealed partial class PaxosWorld : ISymmetricWorld, IDecisionWorld
{
    private readonly PaxosWorldOptions _options;
    private readonly DecisionCodes _codes;
    private readonly DecisionNetwork _network;
    private readonly MessagePool _pool;
    private readonly AcceptorProcess[] _acceptors;
    private readonly ProposerProcess[] _proposers;
    private readonly Learner? _learner;
    private readonly Symmetry _symmetry;
    private readonly Probe _probe;
    private bool _wentBack;
    private int _acceptorCrashes;
    private int _proposerCrashes;
    private int _losses;
    private int _duplications;

    /// <summary>Makes the world.</summary>
    public PaxosWorld(PaxosWorldOptions options)
    {
        Check.That(options.BallotsPerProposer is >= 1 and <= 15);
        Check.That(options.Learners is 0 or 1);
        Check.That(!options.AcceptorsAreInterchangeable || options.Learners == 0);
        Check.That(options.WritesUnderWayMax is >= 1 and <= 7);
        Check.That(!options.ForgetsTheDead || (options.MessagesStay && options.Learners == 0));
        _options = options;
        var voters = options.Configuration.Voters;
        var proposers = Enumerable.Range(1, options.Proposers).Select(i => new NodeId(voters[^1].Number + (uint)i));
        _codes = new DecisionCodes(voters, [.. proposers], 'p');
        _network = new DecisionNetwork(_codes, options.Configuration, options.Proposers, options.MessagesStay);
        _probe = new Probe(_codes, voters);
        _pool = _network.Pool;
        _acceptors = new AcceptorProcess[voters.Count];
        _proposers = new ProposerProcess[options.Proposers];
        _learner = options.Learners == 1 ? options.MakeLearner(options.Configuration) : null;
        _symmetry = new Symmetry(voters.Count);
        Lanes =
        [
            .. Enumerable.Range(1, _proposers.Length).Select(i => $"p{i}"),
            .. Enumerable.Range(1, _acceptors.Length).Select(i => $"a{i}"),
            .. Enumerable.Range(1, options.Learners).Select(i => $"l{i}"),
        ];
        Reset(0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Lanes { get; }

    /// <summary>What the learner has learned, if there is one and it has.</summary>
    public Value? Learned => _learner?.Chosen;

    /// <summary>
    /// The values that some quorum has accepted under one ballot, as far as anybody was told; at most one.
    /// </summary>
    public IReadOnlyList<Value> ChosenValues
    {
        get
        {
            var chosen = _network.ChosenBits();
            return [.. Enumerable.Range(0, 64).Where(code => (chosen >> code & 1) != 0).Select(_codes.ValueOf)];
        }
    }

    /// <inheritdoc/>
    public bool IsSymmetric => _options.AcceptorsAreInterchangeable;

    DecisionNetwork IDecisionWorld.Network => _network;

    ulong IDecisionWorld.LearnedBits => _learner?.Chosen is { } learned ? 1UL << _codes.CodeOf(learned) : 0;

    bool IDecisionWorld.WentBack => _wentBack;

    DecisionNetwork IDecisionWorld.NoteStandings() => NoteStandings();

    private DecisionNetwork NoteStandings()
    {
        for (var place = 0; place < _acceptors.Length; place++)
        {
            var disk = _acceptors[place].Disk;
            _network.Acceptors[place] = new(_codes.CodeOf(disk.Promised), _codes.CodeOf(disk.AcceptedBallot));
        }
        for (var i = 0; i < _proposers.Length; i++)
        {
            var proposer = _proposers[i];
            _network.Proposers[i] = proposer.IsOver
                ? new(byte.MaxValue, 0, MemberSet.Empty, IsLast: true)
                : new(
                    _codes.CodeOf(proposer.Disk.Ballot),
                    proposer.IsBound ? 0 : proposer.Asking,
                    proposer.Role.Promises,
                    IsLast: !proposer.IsWriting && proposer.BallotsUsed == _options.BallotsPerProposer
                        && _proposerCrashes == _options.ProposerCrashesMax);
        }
        return _network;
    }

    private void ForgetTheDead()
    {
        NoteStandings().RememberChosen();
        for (var i = 0; i < _proposers.Length; i++)
        {
            ref var standing = ref _network.Proposers[i];
            if (standing.IsLast && (standing.Asking == 0 || !_network.CanBePrepared(standing)))
            {
                _proposers[i].IsOver = true;
                standing = standing with { Asking = 0 };
            }
        }
        foreach (var acceptor in _acceptors)
        {
            acceptor.ForgetTheDead(_network);
        }
        _network.ForgetTheDead();
    }

    /// <inheritdoc/>
    public void Reset(int initial)
    {
        Check.That(initial == 0);
        for (var place = 0; place < _acceptors.Length; place++)
        {
            _acceptors[place] = new AcceptorProcess(_options.MakeAcceptor(_options.Configuration.Voters[place]));
        }
        for (var i = 0; i < _proposers.Length; i++)
        {
            var role = _options.MakeProposer(_codes.ProposerNode(i), _options.Configuration);
            _proposers[i] = new ProposerProcess(role, _acceptors.Length);
            Check.That(role.Propose(_codes.Wish(i, 0)) is null);
        }
        if (_learner is not null)
        {
            // Nothing learned yet is what a new learner writes.
            var writer = new StateWriter();
            _options.MakeLearner(_options.Configuration).Write(writer);
            var reader = new StateReader(writer.Written.ToArray());
            _learner.Read(ref reader);
        }
        _network.Clear();
        (_acceptorCrashes, _proposerCrashes, _losses, _duplications) = (0, 0, 0, 0);
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer) => Write(writer, null);

    /// <inheritdoc/>
    public void WriteSymmetric(StateWriter writer)
    {
        _symmetry.Clear();
        for (var place = 0; place < _acceptors.Length; place++)
        {
            var part = _symmetry.NextPart();
            _acceptors[place].Write(part, newPlace: 0);
            foreach (var proposer in _proposers)
            {
                part.Write(proposer.RemembersWhoPromised(_options.ForgetsTheDead)
                    && proposer.Role.Promises.Contains(place));
            }
            for (var i = 0; i < _pool.Count; i++)
            {
                if (DecisionCodes.Acceptor(_pool[i]) == place + 1)
                {
                    part.WriteNumber(DecisionCodes.WithAcceptor(_pool[i], 0));
                    part.WriteByte((byte)_pool.CopiesOf(i));
                }
            }
        }
        Write(writer, _symmetry.NewPlaces());
    }

    /// <summary>Writes the state as it would be with acceptors at new places.</summary>
    public void Write(StateWriter writer, IReadOnlyList<int>? newPlaces)
    {
        foreach (var proposer in _proposers)
        {
            proposer.Write(writer, newPlaces, _options.ForgetsTheDead);
        }
        for (var newPlace = 0; newPlace < _acceptors.Length; newPlace++)
        {
            var place = 0;
            while ((newPlaces?[place] ?? place) != newPlace)
            {
                place++;
            }
            _acceptors[place].Write(writer, newPlace);
        }
        _learner?.Write(writer);
        writer.WriteByte((byte)_acceptorCrashes);
        writer.WriteByte((byte)_proposerCrashes);
        writer.WriteByte((byte)_losses);
        writer.WriteByte((byte)_duplications);
        _network.Write(writer, newPlaces);
    }

    /// <inheritdoc/>
    public void Read(ref StateReader reader)
    {
        foreach (var proposer in _proposers)
        {
            proposer.Read(ref reader);
        }
        foreach (var acceptor in _acceptors)
        {
            acceptor.Read(ref reader);
        }
        _learner?.Read(ref reader);
        _acceptorCrashes = reader.ReadByte();
        _proposerCrashes = reader.ReadByte();
        _losses = reader.ReadByte();
        _duplications = reader.ReadByte();
        _network.Read(ref reader);
    }
}
