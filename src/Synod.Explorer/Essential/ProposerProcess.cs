using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Essential;

/// <summary>
/// A proposer with what a process has around it: a disk for its mark, and a Prepare that may wait for it.
/// </summary>
internal sealed class ProposerProcess(IProposerRole role, int acceptors)
{
    private readonly int[] _inFront = new int[acceptors];
    private AfterWrite<BallotMark, ulong>? _waiting;

    public IProposerRole Role { get; } = role;

    public BallotMark Disk { get; private set; }

    /// <summary>How often it began phase 1, over all lives.</summary>
    public int BallotsUsed { get; private set; }

    /// <summary>How often it crashed.</summary>
    public int Life { get; private set; }

    /// <summary>The ballot (as a code) that it asks promises for in this life; 0 before the first one.</summary>
    public int Asking { get; private set; }

    /// <summary>Whether the Accept of <see cref="Asking"/> has left.</summary>
    public bool IsBound { get; set; }

    /// <summary>Whether it can do nothing any more, whatever happens.</summary>
    public bool IsOver { get; set; }

    /// <summary>The highest ballot (as a code) whose Prepare ever left.</summary>
    public int HighestSent { get; set; }

    public bool IsWriting => _waiting.HasValue;

    public void WriteNow(in BallotMark record) => Disk = record;

    public void BeginWrite(in AfterWrite<BallotMark, ulong> prepare) => _waiting = prepare;

    public void Ask(int ballot)
    {
        BallotsUsed++;
        (Asking, IsBound) = (ballot, false);
    }

    /// <summary>The mark reaches the disk; returns the Prepare.</summary>
    public ulong Sync()
    {
        Check.That(_waiting.HasValue);
        Disk = _waiting.Value.Record;
        Check.That(_waiting.Value.TryRelease(Disk, out var message));
        _waiting = null;
        return message;
    }

    public void CrashAndRestart(bool writeKept)
    {
        if (writeKept)
        {
            Sync();
        }
        _waiting = null;
        Life++;
        (Asking, IsBound) = (0, false);
        Role.Restart(Disk);
    }

    /// <summary>
    /// Whether it matters who has promised. Once the Accept has left it does not: any quorum is as good as another.
    /// </summary>
    public bool RemembersWhoPromised(bool forgets) => !IsOver && !(forgets && IsBound);

    /// <summary>Writes canonical bytes.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="newPlaces">The new places of the acceptors, or null: as they are.</param>
    /// <param name="forgets">Whether to leave out what can change nothing any more.</param>
    public void Write(StateWriter writer, IReadOnlyList<int>? newPlaces, bool forgets)
    {
        if (IsOver)
        {
            writer.WriteByte(byte.MaxValue);
            return;
        }
        writer.WriteByte((byte)((Life << 2) | (IsBound ? 2 : 0) | (_waiting.HasValue ? 1 : 0)));
        writer.NewPlaces = RemembersWhoPromised(forgets) ? newPlaces : InFront(Role.Promises);
        Role.Write(writer);
        writer.NewPlaces = null;
        writer.Write(Disk.Ballot);
        writer.WriteByte((byte)BallotsUsed);
        writer.WriteByte((byte)Asking);
        writer.WriteByte((byte)HighestSent);
        if (_waiting is { } waiting)
        {
            writer.Write(waiting.Record.Ballot);
            Check.That(waiting.TryRelease(waiting.Record, out var message));
            writer.WriteNumber(message);
        }
    }

    /// <summary>New places by which the members of a set become the first ones.</summary>
    private int[] InFront(MemberSet set)
    {
        var (inside, outside) = (0, set.Count);
        for (var place = 0; place < _inFront.Length; place++)
        {
            _inFront[place] = set.Contains(place) ? inside++ : outside++;
        }
        return _inFront;
    }

    public void Read(ref StateReader reader)
    {
        var flags = reader.ReadByte();
        IsOver = flags == byte.MaxValue;
        if (IsOver)
        {
            _waiting = null;
            return;
        }
        Role.Read(ref reader);
        Life = flags >> 2;
        IsBound = (flags & 2) != 0;
        Disk = new BallotMark(reader.ReadBallot());
        BallotsUsed = reader.ReadByte();
        Asking = reader.ReadByte();
        HighestSent = reader.ReadByte();
        _waiting = (flags & 1) == 0
            ? null
            : new AfterWrite<BallotMark, ulong>(new BallotMark(reader.ReadBallot()), reader.ReadNumber());
    }
}
