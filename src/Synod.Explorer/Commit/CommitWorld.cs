using Synod.Paxos;
using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Commit;

/// <summary>
/// Paxos Commit as a world: the real participants, acceptors and recoveries of one transaction; a network that
/// reorders, doubles and loses (every message stays in it and may arrive any number of times, or never); crashes
/// between a vote's write and its leaving. Acceptors write at once: what a late write does to them is explored in
/// single-decree Paxos.
/// </summary>
public sealed partial class CommitWorld : ISymmetricWorld
{
    private static readonly TransactionId Id = new(new NodeId(101), 1);
    private readonly CommitWorldOptions _options;
    private readonly CommitCodes _codes;
    private readonly Transaction _transaction;
    private readonly IParticipantRole[] _participants;
    private readonly IRecoveryRole[] _recoveries;
    private readonly ICommitAcceptorRole[] _acceptors;
    private readonly MessagePool _pool = new(keepsCopies: true);
    private readonly int[][] _permutations;
    private readonly Func<ulong, ulong>[] _renames;

    // Of each participant: its disk; whether it has voted in this life; the vote that waits for the disk.
    private readonly Vote?[] _votesOnDisk;
    private readonly bool[] _hasCast;
    private readonly Vote?[] _votesUnderWay;
    private readonly BallotMark[] _marks;
    private readonly bool[] _hasBegun;
    private readonly bool[] _isTold;
    private int _participantCrashes;
    private int _recoveryCrashes;

    /// <summary>Makes the world.</summary>
    public CommitWorld(CommitWorldOptions options)
    {
        Check.That(options.RecoveryCrashesMax is 0 or 1);
        _options = options;
        _codes = new CommitCodes(options.Participants, options.Recoveries);
        _transaction = new Transaction(Id, _codes.Participants, options.PreparedNeeded);
        _participants = new IParticipantRole[options.Participants];
        _recoveries = new IRecoveryRole[options.Recoveries];
        _acceptors = new ICommitAcceptorRole[options.Configuration.Voters.Count];
        _votesOnDisk = new Vote?[options.Participants];
        _hasCast = new bool[options.Participants];
        _votesUnderWay = new Vote?[options.Participants];
        _marks = new BallotMark[options.Recoveries];
        _hasBegun = new bool[options.Recoveries];
        _isTold = new bool[_acceptors.Length];
        _permutations = options.AcceptorsAreInterchangeable ? Permutations.Of(_acceptors.Length) : [[]];
        _renames = [.. _permutations.Select(places => (Func<ulong, ulong>)(code => Rename(code, places)))];
        Lanes =
        [
            .. Enumerable.Range(1, _participants.Length).Select(i => $"rm{i}"),
            .. Enumerable.Range(1, _recoveries.Length).Select(i => $"r{i}"),
            .. Enumerable.Range(1, _acceptors.Length).Select(i => $"a{i}"),
        ];
        Reset(0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Lanes { get; }

    /// <inheritdoc/>
    public int PermutationCount => _permutations.Length;

    /// <inheritdoc/>
    public void Reset(int initial)
    {
        Check.That(initial == 0);
        for (var i = 0; i < _participants.Length; i++)
        {
            _participants[i] = _options.MakeParticipant(_codes.Participants[i], _transaction);
        }
        for (var i = 0; i < _recoveries.Length; i++)
        {
            _recoveries[i] = _options.MakeRecovery(_codes.Recovery(i), _options.Configuration, _transaction);
        }
        for (var place = 0; place < _acceptors.Length; place++)
        {
            _acceptors[place] = _options.MakeAcceptor(_options.Configuration.Voters[place]);
        }
        Array.Clear(_votesOnDisk);
        Array.Clear(_hasCast);
        Array.Clear(_votesUnderWay);
        Array.Clear(_marks);
        Array.Clear(_hasBegun);
        Array.Clear(_isTold);
        _pool.Clear();
        (_participantCrashes, _recoveryCrashes) = (0, 0);
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer) => WritePermuted(writer, 0);

    /// <inheritdoc/>
    public bool CanRepresent(int permutation)
    {
        // Acceptors in ascending order of a sum over what they have said: mostly one order is left.
        Span<ulong> inOrder = stackalloc ulong[_acceptors.Length];
        inOrder.Clear();
        for (var i = 0; i < _pool.Count; i++)
        {
            var acceptor = CommitCodes.Acceptor(_pool[i]);
            if (acceptor != 0)
            {
                var newPlace = permutation == 0 ? acceptor - 1 : _permutations[permutation][acceptor - 1];
                var said = CommitCodes.WithAcceptor(_pool[i], 0);
                inOrder[newPlace] = unchecked(inOrder[newPlace] + (said * said));
            }
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
        for (var i = 0; i < _participants.Length; i++)
        {
            writer.WriteByte((byte)((int)(_votesOnDisk[i] ?? 0) | ((int)(_votesUnderWay[i] ?? 0) << 2)
                | (_hasCast[i] ? 16 : 0)));
        }
        writer.NewPlaces = permutation == 0 ? null : _permutations[permutation];
        for (var i = 0; i < _recoveries.Length; i++)
        {
            _recoveries[i].Write(writer);
            writer.Write(_marks[i].Ballot);
            writer.Write(_hasBegun[i]);
        }
        writer.NewPlaces = null;
        for (var newPlace = 0; newPlace < _acceptors.Length; newPlace++)
        {
            var place = permutation == 0 ? newPlace : Array.IndexOf(_permutations[permutation], newPlace);
            _acceptors[place].Write(writer);
            writer.Write(_isTold[place]);
        }
        writer.WriteByte((byte)_participantCrashes);
        writer.WriteByte((byte)_recoveryCrashes);
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
        for (var i = 0; i < _participants.Length; i++)
        {
            var bits = reader.ReadByte();
            _votesOnDisk[i] = VoteOf(bits & 3);
            _votesUnderWay[i] = VoteOf((bits >> 2) & 3);
            _hasCast[i] = (bits & 16) != 0;
            // All that a participant has in memory is its vote; one under way is the one that it believes in.
            _participants[i].Restart(new VoteRecord(_votesOnDisk[i]));
        }
        for (var i = 0; i < _recoveries.Length; i++)
        {
            _recoveries[i].Read(ref reader);
            _marks[i] = new BallotMark(reader.ReadBallot());
            _hasBegun[i] = reader.ReadBool();
        }
        for (var place = 0; place < _acceptors.Length; place++)
        {
            _acceptors[place].Read(ref reader);
            _isTold[place] = reader.ReadBool();
        }
        _participantCrashes = reader.ReadByte();
        _recoveryCrashes = reader.ReadByte();
        _pool.Read(ref reader);
    }

    private static Vote? VoteOf(int bits) => bits == 0 ? null : (Vote)bits;

    private static ulong Rename(ulong code, int[] places)
    {
        var acceptor = CommitCodes.Acceptor(code);
        return acceptor == 0 ? code : CommitCodes.WithAcceptor(code, places[acceptor - 1] + 1);
    }
}
