using Synod.Ports;

namespace Synod.Simulation;

/// <summary>What a crash does to the sectors of a write that was under way.</summary>
public enum TornWrite
{
    /// <summary>Each sector at random: old, new, or garbage.</summary>
    Random,

    /// <summary>Nothing of it arrived.</summary>
    Nothing,

    /// <summary>All of it arrived.</summary>
    Everything,

    /// <summary>The first sectors arrived: <see cref="SimulatedMedium.TornAtSector"/> of them.</summary>
    Prefix,

    /// <summary>All arrived but sector <see cref="SimulatedMedium.TornAtSector"/>.</summary>
    AllButOne,

    /// <summary>
    /// Sector <see cref="SimulatedMedium.TornAtSector"/> is garbage, those before it arrived, those after did not.
    /// </summary>
    OneGarbage,
}

/// <summary>
/// What one node's disk holds, apart from who holds it: it outlives crashes. Every file has two images: what reads show
/// (the cache) and what a loss of power leaves (the medium). All chance comes from the draws handed in.
/// </summary>
/// <param name="draw">Random 64-bit draws from the world's seed.</param>
public sealed partial class SimulatedMedium(Func<ulong> draw)
{
    /// <summary>What is written whole or not at all.</summary>
    public const int SectorBytes = 512;

    private readonly record struct Range(string Name, long Offset, byte[] Bytes, bool IsSettled = false);

    private sealed class Image
    {
        internal byte[] Cache = [];
        internal byte[] Medium = [];
    }

    private readonly SortedDictionary<string, Image> _files = new(StringComparer.Ordinal);
    private readonly List<SimulatedDisk> _disks = [];
    private readonly List<Range> _unsynced = [];
    private readonly List<Range> _forgotten = [];

    /// <summary>How many bytes all files may have together; a file that finds no room is refused.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>What a crash does to writes under way.</summary>
    public TornWrite Torn { get; set; } = TornWrite.Random;

    /// <summary>For the manners of tearing that name a sector.</summary>
    public int TornAtSector { get; set; }

    /// <summary>A planted bug: syncs do nothing, and say they did.</summary>
    public bool SyncsAreLies { get; set; }

    /// <summary>Names of all files.</summary>
    public IReadOnlyList<string> Names => [.. _files.Keys];

    /// <summary>Bytes of all files together.</summary>
    public long UsedBytes => 
        _files.Values.Sum(static image => (long)image.Cache.Length) + _unfinished.Values.Sum(static file => (long)file.Count);

    /// <summary>A handle for one actor. Handles opened before a crash are dead after it.</summary>
    public SimulatedDisk Open()
    {
        var disk = new SimulatedDisk(this);
        _disks.Add(disk);
        return disk;
    }

    /// <summary>
    /// The machine loses power: what was not synced is lost, and the sectors of writes under way are torn.
    /// </summary>
    public void LosePower()
    {
        EndHandles();
        foreach (var range in _unsynced)
        {
            Tear(_files[range.Name].Medium, range, garbage: true);
        }
        foreach (var range in _unsynced.Concat(_forgotten))
        {
            Copy(_files[range.Name].Medium, _files[range.Name].Cache, range);
        }
        _unsynced.Clear();
        _forgotten.Clear();
    }

    /// <summary>
    /// Only the process dies: its writes under way stop in the middle, and what reached the cache stays readable, but
    /// unsynced: a later loss of power can still take it.
    /// </summary>
    public void KillProcess()
    {
        EndHandles();
        foreach (var range in _unsynced)
        {
            Copy(_files[range.Name].Medium, _files[range.Name].Cache, range);
        }
        for (var i = 0; i < _unsynced.Count; i++)
        {
            var range = _unsynced[i];
            var image = _files[range.Name];
            if (range.IsSettled)
            {
                // An earlier process left this in the cache; the death of a later one does not touch it.
                range.Bytes.CopyTo(image.Cache.AsSpan((int)range.Offset));
                continue;
            }
            Tear(image.Cache, range, garbage: false);
            var left = image.Cache.AsSpan((int)range.Offset, range.Bytes.Length).ToArray();
            _unsynced[i] = range with { Bytes = left, IsSettled = true };
        }
    }

    /// <summary>The present image of a file, for tests.</summary>
    public byte[] Snapshot(string name) => (byte[])_files[name].Cache.Clone();

    /// <summary>Rot: changes bits of one byte on the medium and in what reads show.</summary>
    public void Rot(string name, long offset, byte bits)
    {
        _files[name].Cache[offset] ^= bits;
        _files[name].Medium[offset] ^= bits;
    }

    /// <summary>A file loses its end without anybody having asked.</summary>
    public void Cut(string name, int length) =>
        _files[name] = new Image { Cache = _files[name].Cache[..length], Medium = _files[name].Medium[..length] };

    /// <summary>A file vanishes without anybody having asked.</summary>
    public void Lose(string name) => Remove(name);

    /// <summary>An independent copy with the same files, to try several fates from one point.</summary>
    public SimulatedMedium Clone()
    {
        var copy = new SimulatedMedium(draw)
        {
            CapacityBytes = CapacityBytes, Torn = Torn, TornAtSector = TornAtSector,
        };
        foreach (var (name, image) in _files)
        {
            copy._files[name] = new Image
            {
                Cache = (byte[])image.Cache.Clone(), Medium = (byte[])image.Medium.Clone(),
            };
        }
        copy._unsynced.AddRange(_unsynced);
        copy._forgotten.AddRange(_forgotten);
        return copy;
    }

    internal bool Exists(string name) => _files.ContainsKey(name);

    internal ReadOnlySpan<byte> Cache(string name) =>
        _files.TryGetValue(name, out var image) ? image.Cache : throw new FileNotFoundException($"No file {name}");

    internal void WriteCache(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_files[name].Cache.AsSpan((int)offset));
        _unsynced.Add(new Range(name, offset, bytes.ToArray()));
    }

    /// <summary>All that is dirty of a file reaches the medium.</summary>
    internal void Sync(string name)
    {
        if (SyncsAreLies)
        {
            return;
        }
        foreach (var range in _unsynced)
        {
            if (range.Name == name)
            {
                Copy(_files[name].Cache, _files[name].Medium, range);
            }
        }
        _unsynced.RemoveAll(range => range.Name == name);
    }

    /// <summary>The kernel forgets that a file's pages are dirty: they read back, and are never written.</summary>
    internal void ForgetDirty(string name)
    {
        _forgotten.AddRange(_unsynced.Where(range => range.Name == name));
        _unsynced.RemoveAll(range => range.Name == name);
    }

    internal void PutWhole(string name, byte[] bytes)
    {
        Remove(name);
        _files[name] = new Image { Cache = bytes, Medium = (byte[])bytes.Clone() };
    }

    internal void Remove(string name)
    {
        _unsynced.RemoveAll(range => range.Name == name);
        _forgotten.RemoveAll(range => range.Name == name);
        _files.Remove(name);
    }

    private void EndHandles()
    {
        foreach (var disk in _disks)
        {
            disk.Die();
        }
        _disks.Clear();
        _unfinished.Clear(); // who opens the directory next removes them
    }

    private static void Copy(byte[] from, byte[] to, in Range range) =>
        from.AsSpan((int)range.Offset, range.Bytes.Length).CopyTo(to.AsSpan((int)range.Offset));

    private void Tear(byte[] image, in Range range, bool garbage)
    {
        var sector = 0;
        for (var at = 0; at < range.Bytes.Length; sector++)
        {
            var place = range.Offset + at;
            var length = (int)Math.Min(range.Bytes.Length - at, SectorBytes - place % SectorBytes);
            var fate = FateOf(sector);
            if (fate == 2 && garbage)
            {
                // The whole sector is being written: nothing that stands in it can be trusted.
                image.AsSpan((int)(place / SectorBytes * SectorBytes), SectorBytes).Fill((byte)(draw() | 1));
            }
            else if (fate > 0)
            {
                range.Bytes.AsSpan(at, length).CopyTo(image.AsSpan((int)place));
            }
            at += length;
        }
    }

    /// <summary>0: the old content, 1: the new, 2: garbage.</summary>
    private int FateOf(int sector) => Torn switch
    {
        TornWrite.Nothing => 0,
        TornWrite.Everything => 1,
        TornWrite.Prefix => sector < TornAtSector ? 1 : 0,
        TornWrite.AllButOne => sector == TornAtSector ? 0 : 1,
        TornWrite.OneGarbage => sector < TornAtSector ? 1 : sector == TornAtSector ? 2 : 0,
        _ => (int)(draw() % 3),
    };
}
