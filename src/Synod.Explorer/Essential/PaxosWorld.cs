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
public sealed partial class PaxosWorld : ISymmetricWorld
{
    private readonly PaxosWorldOptions _options;
    private readonly PaxosCodes _codes;
    private readonly AcceptorProcess[] _acceptors;
    private readonly ProposerProcess[] _proposers;
    private readonly Learner? _learner;
    private readonly MessagePool _pool;
    private readonly int[][] _permutations;
    private readonly Func<ulong, ulong>[] _renames;
    private int _acceptorCrashes;
    private int _proposerCrashes;
    private int _losses;
    private int _duplications;

    // Values, a bit each, that were chosen with votes that are forgotten.
    private ulong _chosen;

    /// <summary>Makes the world.</summary>
    public PaxosWorld(PaxosWorldOptions options)
    {
        Check.That(options.BallotsPerProposer is >= 1 and <= 15);
        Check.That(options.Learners is 0 or 1);
        Check.That(!options.AcceptorsAreInterchangeable || options.Learners == 0);
        Check.That(options.WritesUnderWayMax is >= 1 and <= 7);
        Check.That(!options.ForgetsTheDead || (options.MessagesStay && options.Learners == 0));
        _options = options;
        _codes = new PaxosCodes(options.Configuration.Voters, options.Proposers);
        _acceptors = new AcceptorProcess[options.Configuration.Voters.Count];
        _proposers = new ProposerProcess[options.Proposers];
        _learner = options.Learners == 1 ? options.MakeLearner(options.Configuration) : null;
        _pool = new MessagePool(options.MessagesStay);
        _permutations = options.AcceptorsAreInterchangeable ? Permutations.Of(_acceptors.Length) : [[]];
        _renames = [.. _permutations.Select(places => (Func<ulong, ulong>)(code => Rename(code, places)))];
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

    /// <inheritdoc/>
    public int PermutationCount => _permutations.Length;

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
        _pool.Clear();
        (_acceptorCrashes, _proposerCrashes, _losses, _duplications) = (0, 0, 0, 0);
        _chosen = 0;
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer) => WritePermuted(writer, 0);

    /// <inheritdoc/>
    public bool CanRepresent(int permutation)
    {
        // Acceptors in ascending order of what they promised and accepted: mostly one order is left.
        Span<int> inOrder = stackalloc int[_acceptors.Length];
        for (var place = 0; place < _acceptors.Length; place++)
        {
            var state = _acceptors[place].Role.State;
            var newPlace = permutation == 0 ? place : _permutations[permutation][place];
            inOrder[newPlace] = (_codes.CodeOf(state.Promised) << 8) | _codes.CodeOf(state.AcceptedBallot);
        }
        for (var i = 1; i < inOrder.Length; i++)
        {
            if (inOrder[i - 1] > inOrder[i])
            {
                return false;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public void WritePermuted(StateWriter writer, int permutation)
    {
        var places = _permutations[permutation];
        foreach (var proposer in _proposers)
        {
            proposer.Write(writer, permutation == 0 ? null : places, _options.ForgetsTheDead);
        }
        for (var newPlace = 0; newPlace < _acceptors.Length; newPlace++)
        {
            var place = permutation == 0 ? newPlace : Array.IndexOf(places, newPlace);
            _acceptors[place].Write(writer, place, newPlace);
        }
        _learner?.Write(writer);
        writer.WriteByte((byte)_acceptorCrashes);
        writer.WriteByte((byte)_proposerCrashes);
        writer.WriteByte((byte)_losses);
        writer.WriteByte((byte)_duplications);
        writer.WriteNumber(_chosen);
        if (permutation == 0)
        {
            _pool.Write(writer);
        }
        else
        {
            _pool.WriteRenamed(writer, _renames[permutation]);
        }
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
        _chosen = reader.ReadNumber();
        _pool.Read(ref reader);
    }

    private static ulong Rename(ulong code, int[] places)
    {
        var acceptor = PaxosCodes.Acceptor(code);
        return acceptor == PaxosCodes.Everyone ? code : PaxosCodes.WithAcceptor(code, places[acceptor - 1] + 1);
    }
}
