using System.Text;

namespace Synod.Paxos;

/// <summary>
/// Opaque bytes, compared by content. Empty bytes are a value like any other: "no value" is a null or a
/// <see cref="Ballot.None"/> beside it, never a special content.
/// </summary>
/// <remarks>The memory is never written after construction; whoever makes a value gives its bytes away.</remarks>
public readonly struct Value(ReadOnlyMemory<byte> bytes) : IEquatable<Value>
{
    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>The content as a span.</summary>
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>Length in bytes.</summary>
    public int Length => Bytes.Length;

    /// <summary>A value of UTF-8 text, for examples and tests.</summary>
    public static Value FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Equal content.</summary>
    public bool Equals(Value other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    /// <summary>FNV-1a over the content: the same in every process, unlike the platform's own hashes.</summary>
    public override int GetHashCode()
    {
        var hash = 2166136261u;
        foreach (var b in Span)
        {
            hash = unchecked((hash ^ b) * 16777619u);
        }
        return unchecked((int)hash);
    }

    /// <summary>Equal content.</summary>
    public static bool operator ==(Value left, Value right) => left.Equals(right);

    /// <summary>Different content.</summary>
    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Span);
}
