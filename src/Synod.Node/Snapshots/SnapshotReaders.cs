using Synod.Paxos;

namespace Synod.Node;

/// <summary>Gives slices of the state to those who read a snapshot of it, on the apply actor.</summary>
internal sealed class SnapshotReaders(NodeOptions options, Configuration configuration)
{
    private sealed class Reader(SnapshotStream stream, StateCursor cursor, Instant now)
    {
        public readonly SnapshotStream Stream = stream;
        public readonly StateCursor Cursor = cursor;
        public Instant LastRoom = now;
    }

    private readonly List<Reader> _readers = [];
    private Instant _now;

    /// <summary>Takes one in; the state as it is now is what it reads.</summary>
    public void Add(SnapshotStream stream, ReplicatedState state)
    {
        if (_readers.Count >= ReadersMax)
        {
            stream.Fail(Failure.LimitExceeded);
            return;
        }
        stream.Begin(state.Store.CurrentRevision);
        _readers.Add(new Reader(stream, state.OpenCursor(options.ClusterId, configuration), _now));
    }

    /// <summary>Gives each who has room one slice.</summary>
    /// <returns>When it wants the next turn.</returns>
    public Instant Turn(Instant now)
    {
        _now = now;
        var next = Instant.Never;
        for (var i = _readers.Count - 1; i >= 0; i--)
        {
            var reader = _readers[i];
            if (reader.Stream.IsAbandoned)
            {
                End(i);
            }
            else if (reader.Stream.HasRoom)
            {
                reader.LastRoom = now;
                reader.Stream.Take(reader.Cursor.Next(options.Snapshots.SliceBytes), reader.Cursor.IsAtEnd);
                if (reader.Cursor.IsAtEnd)
                {
                    End(i);
                }
                next = now;
            }
            else if (now - reader.LastRoom >= StallMax)
            {
                End(i);
                reader.Stream.Fail(Failure.LimitExceeded);
            }
            else
            {
                next = Instant.Min(next, now + RoomTick);
            }
        }
        return next;
    }

    /// <summary>The node stops.</summary>
    public void Stop(Failure failure)
    {
        foreach (var reader in _readers)
        {
            reader.Cursor.Close();
            reader.Stream.Fail(failure);
        }
        _readers.Clear();
    }

    private void End(int at)
    {
        _readers[at].Cursor.Close();
        _readers.RemoveAt(at);
    }

    /// <summary>Snapshots that are read at a time.</summary>
    private const int ReadersMax = 4;

    /// <summary>A reader without room for so long is given up: what is pinned for it cannot be forgotten.</summary>
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RoomTick = TimeSpan.FromMilliseconds(2);
}
