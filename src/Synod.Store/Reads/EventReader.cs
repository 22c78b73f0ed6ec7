namespace Synod.Store;

/// <summary>Reads the history in revision order.</summary>
internal sealed class EventReader(KeySpace space)
{
    /// <summary>The position after the last event of the last request.</summary>
    public EventPosition End => new(space.Events.End);

    /// <summary>
    /// The position of the first event at or after a revision; false if compaction may have forgotten some.
    /// </summary>
    public bool TryFind(long fromRevision, out EventPosition position)
    {
        if (fromRevision < space.CompactedRevision)
        {
            position = default;
            return false;
        }
        // Live readers come from the end; a search is for those who have to catch up.
        position = fromRevision > space.Revision ? End : new EventPosition(space.Events.Find(fromRevision));
        return true;
    }

    /// <summary>Hands out events from a position on; see <see cref="OrderedStore.TryReadEvents"/>.</summary>
    public bool TryRead<TSink>(ref EventPosition position, ref TSink sink, int eventsMax)
        where TSink : IEventSink, allows ref struct
    {
        long at = position.Number;
        EventLog events = space.Events;
        if (at < events.First || at > events.End)
        {
            return false;
        }
        if (at < events.End && space.Versions[events[at]].ModRevision < space.CompactedRevision)
        {
            return false;
        }
        long revision = -1;
        for (int count = 0; at < events.End; at++, count++)
        {
            ref VersionRecord version = ref space.Versions[events[at]];
            if (count >= eventsMax && version.ModRevision != revision)
            {
                break;
            }
            revision = version.ModRevision;
            var e = new EventView(space, in version);
            sink.Take(in e);
        }
        position = new EventPosition(at);
        return true;
    }
}
