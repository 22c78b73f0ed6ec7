using Synod.Paxos;

namespace Synod.Store;

/// <summary>
/// All versions in the order in which they were made, from the oldest that watchers may still ask for: a queue of
/// numbers, four bytes an event. Positions count from the first event ever and never mean another event.
/// </summary>
internal sealed class EventLog(VersionTable versions)
{
    private const int ChunkLog = 12;
    private const int ChunkLength = 1 << ChunkLog;

    // Chunk number n lies at n modulo the directory's length.
    private uint[]?[] _directory = new uint[]?[4];
    private uint[]? _spare;

    /// <summary>The position of the oldest event that is kept.</summary>
    public long First { get; private set; }

    /// <summary>The position that the next event will get.</summary>
    public long End { get; private set; }

    /// <summary>The number of arrays held.</summary>
    public int Arrays { get; private set; }

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes => (long)Arrays * ChunkLength * sizeof(uint);

    /// <summary>The version at a position.</summary>
    public uint this[long position]
    {
        get
        {
            Check.That(position >= First && position < End);
            return Chunk(position)![(int)(position & (ChunkLength - 1))];
        }
    }

    /// <summary>An empty log begins at a position that events of an earlier life have led up to.</summary>
    public void StartAt(long position)
    {
        Check.That(End == 0 && position >= 0);
        First = position;
        End = position;
        if ((position & (ChunkLength - 1)) != 0)
        {
            OpenChunk();
        }
    }

    /// <summary>Adds the newest event.</summary>
    public void Append(uint version)
    {
        int within = (int)(End & (ChunkLength - 1));
        if (within == 0)
        {
            OpenChunk();
        }
        Chunk(End)![within] = version;
        End++;
    }

    /// <summary>Forgets the oldest event.</summary>
    public void DropFirst()
    {
        Check.That(First < End);
        ref uint[]? chunk = ref Chunk(First);
        First++;
        if ((First & (ChunkLength - 1)) != 0)
        {
            return;
        }
        // One empty chunk is kept, so that a store compacted as fast as it is written does not allocate.
        if (_spare is null)
        {
            _spare = chunk;
        }
        else
        {
            Arrays--;
        }
        chunk = null;
    }

    /// <summary>The position of the first event at or after a revision.</summary>
    public long Find(long revision)
    {
        long low = First;
        long high = End;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (versions[this[middle]].ModRevision < revision)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }

    private ref uint[]? Chunk(long position) => ref _directory[(position >> ChunkLog) & (_directory.Length - 1)];

    private void OpenChunk()
    {
        if (Chunk(End) is not null)
        {
            GrowDirectory();
        }
        if (_spare is null)
        {
            Arrays++;
        }
        Chunk(End) = _spare ?? GC.AllocateUninitializedArray<uint>(ChunkLength, pinned: true);
        _spare = null;
    }

    private void GrowDirectory()
    {
        var old = _directory;
        _directory = new uint[]?[old.Length * 2];
        long first = First >> ChunkLog;
        for (long number = first; number < End >> ChunkLog; number++)
        {
            _directory[number & (_directory.Length - 1)] = old[number & (old.Length - 1)];
        }
    }
}
