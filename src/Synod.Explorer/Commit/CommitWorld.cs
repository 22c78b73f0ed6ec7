using Synod.Paxos;
using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Commit;

/// <summary>
/// Paxos Commit as a world: the real participants, acceptors and recoveries of one transaction; a network that
/// reorders, doubles and loses (every message stays in it and may arrive any number of times, or never); crashes
/// between a write and the message that waits for it.
/// </summary>
public sealed partial class CommitWorld : ISymmetricWorld
{
    private static readonly TransactionId Id = new(new NodeId(101), 1);
    private readonly CommitWorldOptions _options;
    private readonly CommitCodes _codes;
    private readonly Transaction _transaction;
    private readonly IParticipantRole[] _participants;
    private readonly IRecoveryRole[] _recoveries;
    private readonly CommitAcceptorProcess[] _acceptors;
    private readonly AcceptorState[] _records;
    private readonly MessagePool _pool = new(keepsCopies: true);
    private readonly Symmetry _symmetry;
    private readonly int[] _onlyOne;

    // Of each participant: its disk; whether it has voted in this life; the vote that waits for the disk.
    private readonly Vote?[] _votesOnDisk;
    private readonly bool[] _hasCast;
    private readonly Vote?[] _votesUnderWay;
    private readonly BallotMark[] _marks;
    private readonly bool[] _hasBegun;
    private int _participantCrashes;
    private int _recoveryCrashes;
    private int _acceptorCrashes;

    /// <summary>Makes the world.</summary>
    public CommitWorld(CommitWorldOptions options)
    {
        Check.That(options.RecoveryCrashesMax is 0 or 1);
        Check.That(!options.AcceptorSyncIsAStep || options.AcceptorCrashesMax > 0);
        _options = options;
        _codes = new CommitCodes(options.Participants, options.Recoveries);
        _transaction = new Transaction(Id, _codes.Participants, options.PreparedNeeded);
        _participants = new IParticipantRole[options.Participants];
        _recoveries = new IRecoveryRole[options.Recoveries];
        _acceptors = new CommitAcceptorProcess[options.Configuration.Voters.Count];
        _records = new AcceptorState[options.Participants];
        _votesOnDisk = new Vote?[options.Participants];
        _hasCast = new bool[options.Participants];
        _votesUnderWay = new Vote?[options.Participants];
        _marks = new BallotMark[options.Recoveries];
        _hasBegun = new bool[options.Recoveries];
        _symmetry = new Symmetry(_acceptors.Length);
        _onlyOne = new int[_acceptors.Length];
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
    public bool IsSymmetric => _options.AcceptorsAreInterchangeable;

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
            _acceptors[place] = new CommitAcceptorProcess(
                _options.MakeAcceptor(_options.Configuration.Voters[place]), _transaction,
                _options.AcceptorSyncIsAStep, canCrash: _options.AcceptorCrashesMax > 0);
        }
        Array.Clear(_votesOnDisk);
        Array.Clear(_hasCast);
        Array.Clear(_votesUnderWay);
        Array.Clear(_marks);
        Array.Clear(_hasBegun);
        _pool.Clear();
        (_participantCrashes, _recoveryCrashes, _acceptorCrashes) = (0, 0, 0);
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
            // Under these names every set of acceptors says whether this one is in it, and no more of the others.
            Array.Fill(_onlyOne, 1);
            _onlyOne[place] = 0;
            part.NewPlaces = _onlyOne;
            foreach (var recovery in _recoveries)
            {
                recovery.Write(part);
            }
            part.NewPlaces = null;
            for (var i = 0; i < _pool.Count; i++)
            {
                if (CommitCodes.Acceptor(_pool[i]) == place + 1)
                {
                    part.WriteNumber(CommitCodes.WithAcceptor(_pool[i], 0));
                }
            }
        }
        Write(writer, _symmetry.NewPlaces());
    }

    private void Write(StateWriter writer, IReadOnlyList<int>? newPlaces)
    {
        for (var i = 0; i < _participants.Length; i++)
        {
            writer.WriteByte((byte)((int)(_votesOnDisk[i] ?? 0) | ((int)(_votesUnderWay[i] ?? 0) << 2)
                | (_hasCast[i] ? 16 : 0)));
        }
        writer.NewPlaces = newPlaces;
        for (var i = 0; i < _recoveries.Length; i++)
        {
            _recoveries[i].Write(writer);
            writer.Write(_marks[i].Ballot);
            writer.Write(_hasBegun[i]);
        }
        writer.NewPlaces = null;
        for (var newPlace = 0; newPlace < _acceptors.Length; newPlace++)
        {
            var place = newPlaces is null ? newPlace : _symmetry.At(newPlace);
            _acceptors[place].Write(writer, newPlace);
        }
        writer.WriteByte((byte)_participantCrashes);
        writer.WriteByte((byte)_recoveryCrashes);
        writer.WriteByte((byte)_acceptorCrashes);
        if (newPlaces is null)
        {
            _pool.Write(writer);
        }
        else
        {
            _pool.WriteRenamed(writer, code => Rename(code, newPlaces));
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
        }
        _participantCrashes = reader.ReadByte();
        _recoveryCrashes = reader.ReadByte();
        _acceptorCrashes = reader.ReadByte();
        _pool.Read(ref reader);
    }

    private static Vote? VoteOf(int bits) => bits == 0 ? null : (Vote)bits;

    private static ulong Rename(ulong code, IReadOnlyList<int> places)
    {
        var acceptor = CommitCodes.Acceptor(code);
        return acceptor == 0 ? code : CommitCodes.WithAcceptor(code, places[acceptor - 1] + 1);
    }
}
