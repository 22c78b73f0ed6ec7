using Synod.Paxos;

namespace Synod.Store;

/// <content>
/// Snapshots. Versions never change, so what the store held at a revision can be written out while commands go on:
/// nothing has to be kept back but the reclaiming of what was readable when the cursor was opened.
/// </content>
internal sealed partial class KeySpace
{
    private readonly List<long> _pins = []; // in order: a later cursor has a compacted revision at least as high

    /// <summary>Nothing from here on is reclaimed while a cursor needs it.</summary>
    private long Pinned => _pins.Count > 0 ? _pins[0] : long.MaxValue;

    /// <summary>Keeps everything that can be read now until <see cref="Unpin"/>.</summary>
    /// <returns>The compacted revision.</returns>
    public long Pin()
    {
        Check.That(!HasChanged);
        _pins.Add(CompactedRevision);
        return CompactedRevision;
    }

    /// <summary>A cursor is closed that had this compacted revision.</summary>
    public void Unpin(long compactedRevision)
    {
        var found = _pins.Remove(compactedRevision);
        Check.That(found);
    }

    /// <summary>Skips revisions and compacts what is before.</summary>
    public void SkipRevisions(long count)
    {
        Check.That(count >= 0 && !HasChanged);
        if (count > 0)
        {
            Revision = checked(Revision + count);
            var error = Compact(Revision);
            Check.That(error == StoreError.None);
        }
    }

    /// <summary>The version of a key just before a revision, or 0; counts how many were looked at.</summary>
    public uint Before(uint newest, long revision, ref int visits)
    {
        uint number = newest;
        while (number != 0 && Versions[number].ModRevision >= revision)
        {
            number = Versions[number].Previous;
            visits++;
        }
        return number;
    }

    /// <summary>Begins to fill an empty key space from a snapshot.</summary>
    public void InstallHead(long revision, long compactedRevision, ulong effectSum, long firstEvent)
    {
        Check.That(Events.End == 0 && _index.Keys == 0 && Revision == 1);
        Revision = revision;
        CompactedRevision = compactedRevision;
        _effectSum = effectSum;
        Events.StartAt(firstEvent);
    }

    /// <summary>A key as it was just below the compacted revision; keys come in their order.</summary>
    /// <returns>False if it cannot be.</returns>
    public bool InstallKey(in VersionRecord made, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        KeyPosition position = _index.Locate(key);
        if (position.Found || made.ModRevision >= CompactedRevision || made.Version < 1)
        {
            return false;
        }
        uint number = Versions.Add();
        ref VersionRecord record = ref Versions[number];
        record = made;
        record.Previous = 0;
        record.Key = Bytes.Store(key);
        record.Value = Bytes.Store(value);
        _index.Insert(position, record.Key, number);
        return true;
    }

    /// <summary>An event of the history; events come in their order.</summary>
    /// <returns>False if it cannot be.</returns>
    public bool InstallEvent(
        bool isDelete, long revision, long lease, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        KeyPosition position = _index.Locate(key);
        uint newest = position.Found ? _index.Leaf(position.Leaf).Newest[position.Slot] : 0;
        bool exists = newest != 0 && !Versions[newest].IsDeleted;
        bool inOrder = Events.First == Events.End || Versions[Events[Events.End - 1]].ModRevision <= revision;
        if (!inOrder || revision > Revision || revision < CompactedRevision || (isDelete && !exists))
        {
            return false;
        }
        uint number = Versions.Add();
        ref VersionRecord record = ref Versions[number];
        record = new VersionRecord { ModRevision = revision, Previous = newest };
        if (!isDelete)
        {
            record.Lease = lease;
            record.Value = Bytes.Store(value);
            record.CreateRevision = exists ? Versions[newest].CreateRevision : revision;
            record.Version = exists ? Versions[newest].Version + 1 : 1;
        }
        if (newest != 0)
        {
            record.Key = Versions[newest].Key;
            _index.SetNewest(position, number, live: !isDelete);
        }
        else
        {
            record.Key = Bytes.Store(key);
            _index.Insert(position, record.Key, number);
        }
        Events.Append(number);
        return true;
    }

    /// <summary>All is installed: keys that exist now are hung on the leases that they name.</summary>
    /// <returns>False if there is no such lease.</returns>
    public bool EndInstall()
    {
        _firstOfRequest = Events.End;
        KeyPosition position = _index.Seek(default);
        while (position.Leaf != 0)
        {
            ref LeafNode leaf = ref _index.Leaf(position.Leaf);
            for (int slot = position.Slot; slot < leaf.Count; slot++)
            {
                uint newest = leaf.Newest[slot];
                long lease = Versions[newest].Lease;
                if (lease != 0 && Leases.Find(lease) == 0)
                {
                    return false;
                }
                if (lease != 0)
                {
                    Leases.Restored(newest);
                }
            }
            position = new KeyPosition(leaf.Next, 0, false);
        }
        return true;
    }
}
