using Synod.Paxos;

namespace Synod.Store;

/// <summary>
/// Keys, their versions and the order in which these came to be. Changes are gathered between <see cref="Begin"/> and
/// <see cref="Commit"/>: all that one request changes gets one revision.
/// </summary>
internal sealed partial class KeySpace
{
    private readonly KeyIndex _index;
    private long _firstOfRequest;
    private ulong _effectSum;

    /// <summary>No keys, at revision 1.</summary>
    public KeySpace()
    {
        _index = new KeyIndex(Bytes);
        Events = new EventLog(Versions);
        Leases = new LeaseTable(Versions);
    }

    /// <summary>Keys' and values' bytes.</summary>
    public ByteSlabs Bytes { get; } = new();

    /// <summary>All versions.</summary>
    public VersionTable Versions { get; } = new();

    /// <summary>All versions in the order of their making.</summary>
    public EventLog Events { get; }

    /// <summary>The leases, and which keys hang on them.</summary>
    public LeaseTable Leases { get; }

    /// <summary>The alarms.</summary>
    public AlarmTable Alarms { get; } = new();

    /// <summary>The keys in their order.</summary>
    public KeyIndex Index => _index;

    /// <summary>
    /// The revision of the last request that changed something. A new store is at 1: its first change gets 2.
    /// </summary>
    public long Revision { get; private set; } = 1;

    /// <summary>The revision up to which older versions are forgotten; -1 before the first compaction.</summary>
    public long CompactedRevision { get; private set; } = -1;

    /// <summary>Whether the present request has changed something.</summary>
    public bool HasChanged => Events.End != _firstOfRequest;

    /// <summary>What a read sees now; within a request its own changes, too.</summary>
    public long VisibleRevision => HasChanged ? Revision + 1 : Revision;

    /// <summary>The sum over all effects.</summary>
    public ulong EffectSum => _effectSum;

    /// <summary>Opens a request.</summary>
    public void Begin() => Check.That(!HasChanged);

    /// <summary>Closes a request: if it changed something, the revision is taken.</summary>
    public void Commit()
    {
        if (HasChanged)
        {
            Revision++;
            _firstOfRequest = Events.End;
        }
    }

    /// <summary>The version of a key at a revision, or 0.</summary>
    public uint Find(ReadOnlySpan<byte> key, long revision)
    {
        KeyPosition position = _index.Locate(key);
        return position.Found ? Versions.At(_index.Leaf(position.Leaf).Newest[position.Slot], revision) : 0;
    }

    /// <summary>The version of a key now, or 0.</summary>
    public uint FindNow(ReadOnlySpan<byte> key) => Find(key, long.MaxValue);

    /// <summary>Puts a value.</summary>
    /// <returns>The key's version before, or 0 if it did not exist.</returns>
    public uint Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long lease)
    {
        KeyPosition position = _index.Locate(key);
        uint newest = position.Found ? _index.Leaf(position.Leaf).Newest[position.Slot] : 0;
        uint number = Versions.Add();
        ref VersionRecord record = ref Versions[number];
        record.ModRevision = Revision + 1;
        record.Lease = lease;
        record.Value = Bytes.Store(value);
        record.Previous = newest;
        record.Attachment = 0;
        record.CreateRevision = record.ModRevision;
        record.Version = 1;
        uint before = 0;
        if (newest != 0)
        {
            ref VersionRecord previous = ref Versions[newest];
            record.Key = previous.Key;
            if (!previous.IsDeleted)
            {
                before = newest;
                record.CreateRevision = previous.CreateRevision;
                record.Version = previous.Version + 1;
            }
            _index.SetNewest(position, number, live: true);
        }
        else
        {
            record.Key = Bytes.Store(key);
            _index.Insert(position, record.Key, number);
        }
        Leases.KeyPut(before, number);
        Events.Append(number);
        AddEffect(in record, key, value);
        return before;
    }

    /// <summary>Deletes the keys of an interval.</summary>
    /// <param name="interval">Which keys.</param>
    /// <param name="deleted">Gets the versions that were deleted, in key order; null if nobody asks.</param>
    /// <returns>How many.</returns>
    public long Delete(KeyInterval interval, VersionList? deleted)
    {
        if (interval.IsEmpty)
        {
            return 0;
        }
        if (interval.IsPoint)
        {
            KeyPosition only = _index.Locate(interval.Key);
            return only.Found && DeleteAt(only, deleted) ? 1 : 0;
        }
        long count = 0;
        KeyPosition position = _index.Seek(interval.Key);
        while (position.Leaf != 0)
        {
            // The index stays as it is, keys and all, until compaction; but its counters need the way to each leaf.
            ref LeafNode leaf = ref _index.Leaf(position.Leaf);
            _index.Locate(_index.KeyAt(position));
            for (int slot = position.Slot; slot < leaf.Count; slot++)
            {
                if (!interval.IsUnbounded && Bytes[leaf.Keys[slot]].SequenceCompareTo(interval.RangeEnd) >= 0)
                {
                    return count;
                }
                count += DeleteAt(position with { Slot = slot }, deleted) ? 1 : 0;
            }
            position = new KeyPosition(leaf.Next, 0, false);
        }
        return count;
    }

    /// <summary>The key of a version.</summary>
    public ReadOnlySpan<byte> KeyOf(uint version) => Bytes[Versions[version].Key];

    /// <summary>Mixes what was done to a lease into the sum.</summary>
    public void AddLeaseEffect(CommandKind kind, long lease, ulong ttlSeconds, ulong deadline)
    {
        var hash = new EffectHash(_effectSum);
        hash.Add((ulong)kind);
        hash.Add((ulong)lease);
        hash.Add(ttlSeconds);
        hash.Add(deadline);
        _effectSum = hash.Sum;
    }

    /// <summary>Mixes what was done to an alarm into the sum.</summary>
    public void AddAlarmEffect(CommandKind kind, Alarm alarm)
    {
        var hash = new EffectHash(_effectSum);
        hash.Add((ulong)kind);
        hash.Add(alarm.Member);
        hash.Add((ulong)alarm.Kind);
        _effectSum = hash.Sum;
    }

    private bool DeleteAt(KeyPosition position, VersionList? deleted)
    {
        uint newest = _index.Leaf(position.Leaf).Newest[position.Slot];
        if (Versions[newest].IsDeleted)
        {
            return false;
        }
        deleted?.Add(newest);
        Leases.KeyDeleted(newest);
        uint number = Versions.Add();
        ref VersionRecord record = ref Versions[number];
        record = new VersionRecord
        {
            ModRevision = Revision + 1,
            Key = Versions[newest].Key,
            Previous = newest,
        };
        _index.SetNewest(position, number, live: false);
        Events.Append(number);
        AddEffect(in record, Bytes[record.Key], default);
        return true;
    }

    private void AddEffect(in VersionRecord record, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var hash = new EffectHash(_effectSum);
        hash.Add((ulong)record.ModRevision);
        hash.Add((ulong)record.CreateRevision);
        hash.Add((ulong)record.Version);
        hash.Add((ulong)record.Lease);
        hash.Add(key);
        hash.Add(value);
        _effectSum = hash.Sum;
    }
}
