using System.Text;
using Synod.Store;

namespace Synod.Node.Tests;

/// <summary>A stream that records what it hears.</summary>
internal sealed class RecordingStream : WatchStream
{
    public List<long> ProgressHeard { get; } = [];

    /// <summary>What to do when progress is told.</summary>
    public Action<long>? OnProgress { get; init; }

    public override void Progress(long revision)
    {
        ProgressHeard.Add(revision);
        OnProgress?.Invoke(revision);
    }
}

/// <summary>A watcher that records what it is given and checks the manner in which it is given.</summary>
internal sealed class RecordingWatcher(
    WatchStream stream, WatchRange range, long startRevision, bool wantsProgress = false)
    : Watcher(stream, range, startRevision, wantsProgress)
{
    private readonly List<string> _taken = [];
    private long _lastTaken;

    /// <summary>Events that were sent: "revision key" with a plus for a put and a minus for a delete.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>Events of each send, to see how they were cut.</summary>
    public List<int> Sends { get; } = [];

    public List<long> ProgressHeard { get; } = [];

    public long? CreatedAt { get; private set; }

    public WatchEnding? Ended { get; private set; }

    public long CompactedRevision { get; private set; }

    /// <summary>How many events it may still be given.</summary>
    public int Room { get; set; } = int.MaxValue;

    public override bool HasRoom => Room > 0;

    /// <summary>The last revision that it was told to be complete.</summary>
    public long CompleteUpTo { get; private set; }

    public override void Created(long revision)
    {
        Assert.Null(CreatedAt);
        CreatedAt = revision;
    }

    public override void Take(in EventView e)
    {
        Assert.NotNull(CreatedAt);
        Assert.Null(Ended);
        var revision = e.KeyValue.ModRevision;
        Assert.True(revision >= _lastTaken, "Events come in order of revision.");
        Assert.True(revision > CompleteUpTo, "What was complete is not added to.");
        _lastTaken = revision;
        if (Room != int.MaxValue)
        {
            Room--;
        }
        _taken.Add(Name(revision, Encoding.UTF8.GetString(e.KeyValue.Key), e.IsDelete));
    }

    public override void Send(long revision)
    {
        Assert.NotEmpty(_taken);
        Assert.True(revision >= _lastTaken);
        Assert.True(revision > CompleteUpTo);
        CompleteUpTo = revision;
        Sent.AddRange(_taken);
        Sends.Add(_taken.Count);
        _taken.Clear();
    }

    public override void Progress(long revision)
    {
        Assert.Empty(_taken);
        ProgressHeard.Add(revision);
    }

    public override void End(WatchEnding ending, long compactedRevision)
    {
        Assert.Null(Ended);
        Ended = ending;
        CompactedRevision = compactedRevision;
    }

    public static string Name(long revision, string key, bool isDelete) => $"{revision}{(isDelete ? '-' : '+')}{key}";
}
