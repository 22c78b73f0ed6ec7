using Synod.Paxos;

namespace Synod.Store;

/// <content>
/// Compaction. An event tells which version it put out of use: the one before it. So forgetting everything below a
/// revision is a walk along the oldest events, not over all keys, and can be done in small steps; what is not yet
/// walked only costs room, since no read below the compacted revision is answered any more.
/// </content>
internal sealed partial class KeySpace
{
    /// <summary>Whether there is something left to forget.</summary>
    public bool CanReclaim =>
        Events.First < Events.End && Oldest.ModRevision < Math.Min(CompactedRevision, Pinned);

    private ref VersionRecord Oldest => ref Versions[Events[Events.First]];

    /// <summary>
    /// Makes reads below a revision impossible; the revision itself stays readable, and watches from it too.
    /// </summary>
    public StoreError Compact(long revision)
    {
        if (revision <= CompactedRevision)
        {
            return StoreError.Compacted;
        }
        if (revision > Revision)
        {
            return StoreError.FutureRevision;
        }
        CompactedRevision = revision;
        var hash = new EffectHash(_effectSum);
        hash.Add((ulong)revision);
        _effectSum = hash.Sum;
        return StoreError.None;
    }

    /// <summary>Forgets what at most so many events put out of use.</summary>
    public void Reclaim(int eventsMax)
    {
        for (int count = 0; count < eventsMax && CanReclaim; count++)
        {
            uint number = Events[Events.First];
            ref VersionRecord record = ref Versions[number];
            if (record.Previous != 0)
            {
                Forget(record.Previous);
                record.Previous = 0;
            }
            if (record.IsDeleted)
            {
                ForgetKey(number, record.Key);
            }
            Events.DropFirst();
        }
    }

    private void Forget(uint number)
    {
        Check.That(Versions[number].Previous == 0);
        Bytes.Free(Versions[number].Value);
        Versions.Free(number);
    }

    /// <summary>
    /// Removes a deleted key, unless it was put again: then the later put has the deletion as its previous version.
    /// </summary>
    private void ForgetKey(uint deletion, SlabRef key)
    {
        KeyPosition position = _index.Locate(Bytes[key]);
        Check.That(position.Found);
        if (_index.Leaf(position.Leaf).Newest[position.Slot] != deletion)
        {
            return;
        }
        _index.Remove(position);
        Versions.Free(deletion);
        Bytes.Free(key);
    }
}
