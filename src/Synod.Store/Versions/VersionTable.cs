using System.Runtime.CompilerServices;

namespace Synod.Store;

/// <summary>All versions of all keys, by number.</summary>
internal sealed class VersionTable
{
    private const int ChunkLog = 11;

    private readonly StructTable<VersionRecord> _records = new(ChunkLog);
    private uint _free;

    /// <summary>The version of that number.</summary>
    public ref VersionRecord this[uint number] => ref _records[number];

    /// <summary>Versions in use.</summary>
    public long Live { get; private set; }

    /// <summary>The number of arrays held.</summary>
    public int Arrays => _records.Arrays;

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes => _records.AllocatedBytes;

    /// <summary>Bytes in use.</summary>
    public long UsedBytes => Live * Unsafe.SizeOf<VersionRecord>();

    /// <summary>A number to write a version at; its fields hold anything.</summary>
    public uint Add()
    {
        Live++;
        if (_free == 0)
        {
            return _records.Add();
        }
        uint number = _free;
        _free = _records[number].Previous;
        return number;
    }

    /// <summary>Gives the number back. Nothing refers to it any more.</summary>
    public void Free(uint number)
    {
        Live--;
        _records[number] = new VersionRecord { Previous = _free };
        _free = number;
    }

    /// <summary>
    /// The version that a read at <paramref name="revision"/> sees, or 0 if the key did not exist then.
    /// </summary>
    /// <param name="newest">The newest version of the key.</param>
    /// <param name="revision">The revision to read at.</param>
    public uint At(uint newest, long revision)
    {
        uint number = newest;
        while (number != 0)
        {
            ref VersionRecord record = ref _records[number];
            if (record.ModRevision <= revision)
            {
                return record.IsDeleted ? 0 : number;
            }
            number = record.Previous;
        }
        return 0;
    }
}
