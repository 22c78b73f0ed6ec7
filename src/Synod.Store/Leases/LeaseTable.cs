using System.Buffers;
using System.Buffers.Binary;
using Synod.Paxos;

namespace Synod.Store;

/// <summary>
/// All leases: by id, by deadline, and with the keys that hang on them. Deadlines are in store time, which stands still
/// without a leader, so no change of leader shortens or renews anything.
/// </summary>
/// <remarks>
/// A snapshot holds what <see cref="WriteTo"/> writes, taken at once when the snapshot begins: leases have no past
/// revisions to read from later. Attachments are not in it; they follow from the keys. Whoever restores reads the leases
/// first (<see cref="ReadFrom"/>), then the keys, and calls <see cref="Restored"/> for the newest version of each key
/// that lives and names a lease. Store time and effect sum belong to the snapshot, too; orders within heap and lists do
/// not, because nothing that can be seen depends on them.
/// </remarks>
internal sealed class LeaseTable
{
    /// <summary>Bytes of one lease in a snapshot: id, time to live, deadline, lowest byte first.</summary>
    public const int RecordBytes = 3 * sizeof(ulong);

    private const int ChunkLog = 8;

    private readonly StructTable<LeaseRecord> _records = new(ChunkLog);
    private readonly LeaseIndex _index;
    private readonly LeaseQueue _queue;
    private readonly LeaseAttachments _attachments;
    private readonly VersionTable _versions;
    private uint _free;

    /// <summary>No leases.</summary>
    /// <param name="versions">The versions of the keys.</param>
    public LeaseTable(VersionTable versions)
    {
        _versions = versions;
        _index = new LeaseIndex(_records);
        _queue = new LeaseQueue(_records);
        _attachments = new LeaseAttachments(_records, versions);
    }

    /// <summary>Leases there are.</summary>
    public int Count => _queue.Count;

    /// <summary>All leases' records, in no order that means anything.</summary>
    public ReadOnlySpan<uint> All => _queue.All;

    /// <summary>The record of the lease that ends first, or 0.</summary>
    public uint First => _queue.First;

    /// <summary>The record of that number.</summary>
    public ref LeaseRecord this[uint number] => ref _records[number];

    /// <summary>The number of arrays held.</summary>
    public int Arrays => _records.Arrays + _attachments.Arrays + 2;

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes =>
        _records.AllocatedBytes + _attachments.AllocatedBytes + _index.AllocatedBytes + _queue.AllocatedBytes;

    /// <summary>The record of a lease, or 0.</summary>
    public uint Find(long id) => _index.Find(id);

    /// <summary>Whether one lease ends before another.</summary>
    public bool IsBefore(uint left, uint right) => _queue.IsBefore(left, right);

    /// <summary>Adds a lease whose id is free.</summary>
    public void Add(long id, long ttlSeconds, ulong deadline)
    {
        Check.That(id != 0 && Find(id) == 0);
        uint number = _free != 0 ? _free : _records.Add();
        ref LeaseRecord record = ref _records[number];
        _free = number == _free ? record.NextFree : _free;
        record = new LeaseRecord { Id = id, TtlSeconds = ttlSeconds, Deadline = deadline };
        _index.Add(number);
        _queue.Add(number);
    }

    /// <summary>Gives a lease another deadline.</summary>
    public void Renew(uint number, ulong deadline)
    {
        _records[number].Deadline = deadline;
        _queue.Moved(number);
    }

    /// <summary>Removes a lease on which no key hangs any more.</summary>
    public void Remove(uint number)
    {
        Check.That(_records[number].Keys == 0);
        _index.Remove(number);
        _queue.Remove(number);
        _records[number] = new LeaseRecord { NextFree = _free };
        _free = number;
    }

    /// <summary>A key was put.</summary>
    /// <param name="before">Its version before, or 0 if it did not exist.</param>
    /// <param name="now">Its version now.</param>
    public void KeyPut(uint before, uint now)
    {
        long lease = _versions[now].Lease;
        bool wasAttached = before != 0 && _versions[before].Attachment != 0;
        if (wasAttached && _versions[before].Lease == lease)
        {
            _attachments.Move(before, now);
            return;
        }
        if (wasAttached)
        {
            _attachments.Detach(before);
        }
        if (lease != 0)
        {
            Restored(now);
        }
    }

    /// <summary>A key was deleted.</summary>
    /// <param name="before">Its version before.</param>
    public void KeyDeleted(uint before)
    {
        if (_versions[before].Attachment != 0)
        {
            _attachments.Detach(before);
        }
    }

    /// <summary>A key that names a lease is there: by a put, or out of a snapshot.</summary>
    public void Restored(uint version)
    {
        uint number = Find(_versions[version].Lease);
        Check.That(number != 0);
        _attachments.Attach(number, version);
    }

    /// <summary>The newest versions of a lease's keys, in no order.</summary>
    public void ListKeys(uint number, VersionList into) => _attachments.List(number, into);

    /// <summary>Writes all leases for a snapshot.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        foreach (uint number in All)
        {
            ref LeaseRecord record = ref _records[number];
            Span<byte> into = output.GetSpan(RecordBytes);
            BinaryPrimitives.WriteInt64LittleEndian(into, record.Id);
            BinaryPrimitives.WriteInt64LittleEndian(into[sizeof(ulong)..], record.TtlSeconds);
            BinaryPrimitives.WriteUInt64LittleEndian(into[(2 * sizeof(ulong))..], record.Deadline);
            output.Advance(RecordBytes);
        }
    }

    /// <summary>Reads leases out of a snapshot, before its keys; may be called for one part after another.</summary>
    /// <returns>False if the bytes are no leases; some may have been added.</returns>
    public bool ReadFrom(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= RecordBytes; bytes = bytes[RecordBytes..])
        {
            long id = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            long ttl = BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(ulong)..]);
            ulong deadline = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(2 * sizeof(ulong))..]);
            if (id == 0 || Find(id) != 0 || Count >= LeaseLimits.LeasesMax
                || ttl is < LeaseLimits.TtlSecondsMin or > LeaseLimits.TtlSecondsMax)
            {
                return false;
            }
            Add(id, ttl, deadline);
        }
        return bytes.IsEmpty;
    }
}
