namespace Synod.Store;

/// <summary>
/// One change of one key, as watchers see it. A deletion carries key and mod revision only. The spans lie in the
/// store's own memory: good during the call that hands them out.
/// </summary>
public readonly ref struct EventView
{
    private readonly KeySpace _space;
    private readonly uint _previous;

    internal EventView(KeySpace space, in VersionRecord version)
    {
        _space = space;
        _previous = version.Previous;
        IsDelete = version.IsDeleted;
        KeyValue = new KeyValueView(space.Bytes, in version);
    }

    /// <summary>The key was deleted.</summary>
    public bool IsDelete { get; }

    /// <summary>The key after the change.</summary>
    public KeyValueView KeyValue { get; }

    /// <summary>The key before the change.</summary>
    /// <param name="previous">What it was.</param>
    /// <returns>False if it did not exist, or if compaction has forgotten it.</returns>
    public bool TryGetPrevious(out KeyValueView previous)
    {
        if (_previous == 0 || _space.Versions[_previous].IsDeleted)
        {
            previous = default;
            return false;
        }
        previous = new KeyValueView(_space.Bytes, in _space.Versions[_previous]);
        return true;
    }
}

/// <summary>Takes events, in their order.</summary>
public interface IEventSink
{
    /// <summary>Takes the next event.</summary>
    void Take(in EventView e);
}

/// <summary>
/// Where a reader of the history stands: a count of events since the store began, and so stable for ever.
/// </summary>
/// <param name="Number">Events before it.</param>
public readonly record struct EventPosition(long Number);
