using Synod.Ports;

namespace Synod.Storage;

/// <summary>
/// What the journal has still to say. A full mailbox delays an event and loses none; what was persisted is told before
/// the fault that came after it.
/// </summary>
internal sealed class JournalReports(Mailbox<JournalEvent> events, ulong persistedUpTo)
{
    private ulong _toldUpTo = persistedUpTo;
    private TimeSpan _took;
    private bool _toldNoSpace;
    private bool _toldFault;
    private JournalReadResult? _read;

    /// <summary>Nothing is left to say.</summary>
    internal bool AllPosted { get; private set; } = true;

    /// <summary>A write took so long.</summary>
    internal void Took(TimeSpan took) => _took = took > _took ? took : _took;

    /// <summary>An answer to a read; only while nothing else is left to say.</summary>
    internal void Add(JournalReadResult read)
    {
        _read = read;
        AllPosted = false;
    }

    internal void Post(ulong syncedUpTo, string? noSpace, string? fault)
    {
        AllPosted = PostPersisted(syncedUpTo) && PostSpace(noSpace) && PostRead() && PostFault(fault);
    }

    private bool PostPersisted(ulong syncedUpTo)
    {
        if (_toldUpTo == syncedUpTo)
        {
            return true;
        }
        if (!events.TryPost(new JournalEvent(JournalEventKind.Persisted, syncedUpTo, _took, null, null)))
        {
            return false;
        }
        _toldUpTo = syncedUpTo;
        _took = default;
        return true;
    }

    private bool PostSpace(string? noSpace)
    {
        if (_toldNoSpace == noSpace is not null)
        {
            return true;
        }
        var kind = noSpace is null ? JournalEventKind.SpaceAgain : JournalEventKind.NoSpace;
        var text = noSpace is null
            ? null
            : $"No space for the next journal segment: {noSpace}. Free some space; this heals by itself.";
        if (!events.TryPost(new JournalEvent(kind, 0, default, text, null)))
        {
            return false;
        }
        _toldNoSpace = !_toldNoSpace;
        return true;
    }

    private bool PostRead()
    {
        if (_read is null)
        {
            return true;
        }
        if (!events.TryPost(new JournalEvent(JournalEventKind.Read, 0, default, null, _read)))
        {
            return false;
        }
        _read = null;
        return true;
    }

    private bool PostFault(string? fault)
    {
        if (_toldFault || fault is null)
        {
            return true;
        }
        _toldFault = events.TryPost(new JournalEvent(JournalEventKind.Fault, 0, default, fault, null));
        return _toldFault;
    }
}
