namespace Synod.Store;

/// <summary>
/// A key as the store has it. The spans lie in the store's own memory: good during the call that hands them out.
/// </summary>
public readonly ref struct KeyValueView
{
    internal KeyValueView(ByteSlabs bytes, in VersionRecord version, bool withoutValue = false)
    {
        Key = bytes[version.Key];
        Value = withoutValue ? default : bytes[version.Value];
        CreateRevision = version.CreateRevision;
        ModRevision = version.ModRevision;
        Version = version.Version;
        Lease = version.Lease;
    }

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value; empty in reads of keys only.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The revision at which the key came to be.</summary>
    public long CreateRevision { get; }

    /// <summary>The revision of its last put.</summary>
    public long ModRevision { get; }

    /// <summary>Puts since it came to be.</summary>
    public long Version { get; }

    /// <summary>Its lease, or 0.</summary>
    public long Lease { get; }
}

/// <summary>
/// Takes the results of a range read, in their order. A struct behind a reference: nothing is allocated per key.
/// </summary>
public interface IKeyValueSink
{
    /// <summary>Takes the next key. It must not read the store again from within.</summary>
    void Take(in KeyValueView keyValue);
}

/// <summary>A copy of a key as the store had it, to be kept.</summary>
public sealed class KeyValue
{
    /// <summary>Copies a view.</summary>
    public KeyValue(in KeyValueView view)
    {
        Key = view.Key.ToArray();
        Value = view.Value.ToArray();
        CreateRevision = view.CreateRevision;
        ModRevision = view.ModRevision;
        Version = view.Version;
        Lease = view.Lease;
    }

    /// <summary>The key.</summary>
    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>The value.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>The revision at which the key came to be.</summary>
    public long CreateRevision { get; }

    /// <summary>The revision of its last put.</summary>
    public long ModRevision { get; }

    /// <summary>Puts since it came to be.</summary>
    public long Version { get; }

    /// <summary>Its lease, or 0.</summary>
    public long Lease { get; }
}
