using Synod.Paxos;

namespace Synod.Simulation;

/// <content>Files that grow beside the others and get their name when they are finished.</content>
public sealed partial class SimulatedMedium
{
    private readonly SortedDictionary<string, List<byte>> _unfinished = new(StringComparer.Ordinal);

    /// <summary>
    /// A planted bug: what is finished gets its name before it is synced, and is never synced at all.
    /// </summary>
    public bool RenamesBeforeSync { get; set; }

    /// <summary>False when there is no room.</summary>
    internal bool AppendAside(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset == 0)
        {
            _unfinished[name] = [];
        }
        if (UsedBytes + bytes.Length > CapacityBytes)
        {
            return false;
        }
        Check.That(_unfinished.ContainsKey(name) && _unfinished[name].Count == offset);
        _unfinished[name].AddRange(bytes);
        return true;
    }

    internal void FinishAside(string name)
    {
        Check.That(_unfinished.ContainsKey(name));
        byte[] bytes = [.. _unfinished[name]];
        DropAside(name);
        PutWhole(name, bytes);
        if (RenamesBeforeSync || SyncsAreLies)
        {
            Array.Clear(_files[name].Medium);
            _unsynced.Add(new Range(name, 0, bytes, IsSettled: true));
        }
    }

    /// <summary>
    /// A crash in the middle of finishing: the name and all that is behind it are there, or nothing is.
    /// </summary>
    internal void MayFinishAside(string name)
    {
        if (_unfinished.ContainsKey(name) && draw() % 2 == 0)
        {
            FinishAside(name);
        }
    }

    internal void DropAside(string name) => _unfinished.Remove(name);
}
