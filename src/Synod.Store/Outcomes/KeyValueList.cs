namespace Synod.Store;

/// <summary>Gathers copies of what a range hands out.</summary>
internal struct KeyValueList() : IKeyValueSink
{
    /// <summary>The copies.</summary>
    public List<KeyValue> All { get; } = [];

    /// <inheritdoc/>
    public readonly void Take(in KeyValueView keyValue) => All.Add(new KeyValue(in keyValue));
}
