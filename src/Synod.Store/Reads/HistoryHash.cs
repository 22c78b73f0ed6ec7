namespace Synod.Store;

/// <summary>
/// A sum over all versions up to a revision that compaction has not put out of use: each with key, value, revisions and
/// lease, in the order of keys, newest first. It is the same on every member that has the revision and was compacted
/// at the same one, however much of what is out of use each has already forgotten. Taken piece by piece, so
/// that other requests find their turn between.
/// </summary>
/// <param name="revision">Up to which revision; 0 for the present.</param>
public sealed class HistoryHash(long revision)
{
    private byte[] _next = [];
    private ulong _sum;
    private bool _hasBegun;

    /// <summary>The revision up to which versions count; known after the first piece.</summary>
    public long Revision { get; private set; }

    /// <summary>The compacted revision that went into it.</summary>
    public long CompactedRevision { get; private set; }

    /// <summary>The store's revision at the last piece.</summary>
    public long StoreRevision { get; private set; }

    /// <summary>Everything is in the sum.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The sum.</summary>
    public uint Sum => (uint)(_sum ^ (_sum >> 32));

    /// <summary>Why there is no sum.</summary>
    public StoreError Error { get; private set; }

    /// <summary>Takes the next piece in; begins anew when the store was compacted since the last one.</summary>
    internal void Step(KeySpace space, int versionsMax)
    {
        StoreRevision = space.Revision;
        if (!_hasBegun || CompactedRevision != space.CompactedRevision)
        {
            Begin(space);
        }
        int left = versionsMax;
        KeyPosition position = space.Index.Seek(_next);
        while (Error == StoreError.None && position.Leaf != 0)
        {
            ref LeafNode leaf = ref space.Index.Leaf(position.Leaf);
            for (int slot = position.Slot; slot < leaf.Count; slot++)
            {
                if (left <= 0)
                {
                    _next = space.Bytes[leaf.Keys[slot]].ToArray();
                    return;
                }
                left -= 1 + AddKey(space, leaf.Newest[slot]);
            }
            position = new KeyPosition(leaf.Next, 0, false);
        }
        IsWhole = Error == StoreError.None;
    }

    private void Begin(KeySpace space)
    {
        if (!_hasBegun)
        {
            Revision = revision > 0 ? revision : space.Revision;
        }
        _hasBegun = true;
        CompactedRevision = space.CompactedRevision;
        _next = [];
        var hash = new EffectHash(0);
        hash.Add((ulong)CompactedRevision);
        _sum = hash.Sum;
        if (Revision > space.Revision)
        {
            Error = StoreError.FutureRevision;
        }
        else if (Revision < CompactedRevision)
        {
            Error = StoreError.Compacted;
        }
    }

    private int AddKey(KeySpace space, uint number)
    {
        int count = 0;
        var hash = new EffectHash(_sum);
        while (number != 0)
        {
            ref VersionRecord record = ref space.Versions[number];
            bool isOldest = record.ModRevision <= CompactedRevision;
            if (isOldest && record.IsDeleted)
            {
                break; // A member that has gone through its old events does not know the key any more.
            }
            if (record.ModRevision <= Revision)
            {
                hash.Add((ulong)record.ModRevision);
                hash.Add((ulong)record.CreateRevision);
                hash.Add((ulong)record.Version);
                hash.Add((ulong)record.Lease);
                hash.Add(space.Bytes[record.Key]);
                hash.Add(record.IsDeleted ? default : space.Bytes[record.Value]);
                count++;
            }
            if (isOldest)
            {
                break; // The version that reads at the compacted revision see; those before it are out of use.
            }
            number = record.Previous;
        }
        _sum = hash.Sum;
        return count;
    }
}
