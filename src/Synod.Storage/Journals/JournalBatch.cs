using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <summary>
/// Records that are to be persisted together, in a buffer that is used again and again. The core fills it and posts it;
/// from then on it is the journal's, until it comes back through <see cref="JournalMailboxes.Spent"/>. The core counts
/// the records: numbers are consecutive from 1, across batches and restarts, and the journal checks that they are.
/// </summary>
public sealed class JournalBatch
{
    private const int StartBytes = 4096;
    private readonly int _bytesMax;
    private readonly int _carryBytesMax;
    private byte[] _bytes;
    private byte[] _carry = [];
    private int _carryLength = -1;
    private int _begun = -1;

    /// <summary>An empty batch with the limits of <paramref name="options"/>.</summary>
    public JournalBatch(JournalOptions options)
    {
        _bytesMax = options.BatchBytesMax;
        _carryBytesMax = options.CarryBytesMax;
        _bytes = new byte[Math.Min(StartBytes, _bytesMax)];
    }

    /// <summary>How many records it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes on disk, headers included.</summary>
    public int SizeInBytes { get; private set; }

    /// <summary>Number of the first record; 0 when empty.</summary>
    public ulong FirstNumber { get; private set; }

    /// <summary>Number of the last record; 0 when empty.</summary>
    public ulong LastNumber { get; private set; }

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, SizeInBytes);

    internal bool HasCarry => _carryLength >= 0;

    internal uint LetGoGroup { get; private set; }

    internal ulong LetGoUpTo { get; private set; }

    internal ReadOnlySpan<byte> Carry => _carry.AsSpan(0, _carryLength);

    /// <summary>Whether a record with so much payload still fits; one that does not goes into another batch.</summary>
    public bool Fits(int payloadBytes) => (long)SizeInBytes + RecordFormat.SizeOf(payloadBytes) <= _bytesMax;

    /// <summary>Adds a record.</summary>
    /// <param name="number">Its number: one more than that of the record before.</param>
    /// <param name="group">Which group of the node.</param>
    /// <param name="stream">Which stream of the group.</param>
    /// <param name="configuration">The configuration's number.</param>
    /// <param name="key">Under which the record can be read back later (a slot), or 0.</param>
    /// <param name="payload">Opaque bytes; copied.</param>
    public void Add(ulong number, uint group, byte stream, ulong configuration, ulong key, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(Begin(number, group, stream, configuration, key, payload.Length));
        End(payload.Length);
    }

    /// <summary>
    /// Begins a record whose payload is written in place; <see cref="End"/> must follow. The parameters are those of
    /// <see cref="Add"/>.
    /// </summary>
    /// <returns>Room for <paramref name="payloadBytesMax"/> bytes; what was there before is undefined.</returns>
    public Span<byte> Begin(
        ulong number, uint group, byte stream, ulong configuration, ulong key, int payloadBytesMax)
    {
        Check.That(_begun < 0 && Fits(payloadBytesMax));
        Check.That(key <= PositionIndex.KeyMax);
        Check.That(number > 0 && (Count == 0 || number == LastNumber + 1));
        Reserve(SizeInBytes + RecordFormat.SizeOf(payloadBytesMax));
        var header = new RecordHeader(
            payloadBytesMax, 0, number, configuration, key, 0, group, RecordKind.Host, stream, RecordFlags.None, 0);
        RecordFormat.Prepare(_bytes.AsSpan(SizeInBytes), header);
        _begun = payloadBytesMax;
        FirstNumber = Count == 0 ? number : FirstNumber;
        LastNumber = number;
        return _bytes.AsSpan(SizeInBytes + RecordFormat.HeaderBytes, payloadBytesMax);
    }

    /// <summary>Ends the record that was begun, with as much payload as was written.</summary>
    public void End(int payloadBytes)
    {
        Check.That(payloadBytes >= 0 && payloadBytes <= _begun);
        RecordFormat.SetLength(_bytes.AsSpan(SizeInBytes), payloadBytes);
        SizeInBytes += RecordFormat.SizeOf(payloadBytes);
        Count++;
        _begun = -1;
    }

    /// <summary>
    /// Tells what the next segment shall open with: the state after this batch's records. Needed in every batch after
    /// which the carry would read differently; the journal keeps the latest one.
    /// </summary>
    public void SetCarry(ReadOnlySpan<byte> carry)
    {
        Check.That(carry.Length <= _carryBytesMax);
        if (_carry.Length < carry.Length)
        {
            _carry = new byte[carry.Length];
        }
        carry.CopyTo(_carry);
        _carryLength = carry.Length;
    }

    /// <summary>
    /// Lets keys go: no record of this group with such a key will be read again, for all of them are in what the host
    /// keeps elsewhere, durably. The carry must say the same, for it stands where the old segments were.
    /// </summary>
    public void LetGo(uint group, ulong upToKey)
    {
        Check.That(HasCarry && upToKey <= PositionIndex.KeyMax);
        Check.That(group == 0); // Segments count keys of all groups alike, until there are several.
        LetGoGroup = group;
        LetGoUpTo = upToKey;
    }

    /// <summary>Makes it empty, for its next use.</summary>
    public void Clear()
    {
        Count = 0;
        SizeInBytes = 0;
        FirstNumber = 0;
        LastNumber = 0;
        LetGoUpTo = 0;
        _carryLength = -1;
        _begun = -1;
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length < bytes)
        {
            Array.Resize(ref _bytes, (int)Math.Min(_bytesMax, Math.Max(bytes, 2L * _bytes.Length)));
        }
    }
}
