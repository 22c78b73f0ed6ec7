namespace Synod.Wire;

/// <summary>The three things that are said before frames flow.</summary>
public enum HandshakeKind : byte
{
    /// <summary>Never sent.</summary>
    None = 0,

    /// <summary>Who speaks, and whom it means: sent by the dialer first, then by the node that was dialled.</summary>
    Hello = 1,

    /// <summary>No, and why; then the connection is closed. Its layout is the same in all versions, for ever.</summary>
    Refusal = 2,

    /// <summary>The dialer took the other's Hello: frames may follow at once.</summary>
    Welcome = 3,
}

/// <summary>Who speaks on a connection, and whom it means.</summary>
/// <param name="ClusterId">The speaker's cluster.</param>
/// <param name="From">The speaker's number.</param>
/// <param name="To">The number of the node that it means to speak to.</param>
/// <param name="Lane">Which of a pair's connections this is.</param>
/// <param name="Incarnation">The speaker's incarnation, as given by the cluster.</param>
/// <param name="FeatureLevel">The highest feature level that the speaker knows.</param>
/// <param name="Identity">The identity of the speaker's data directory.</param>
public readonly record struct Hello(
    ulong ClusterId, uint From, uint To, byte Lane, uint Incarnation, uint FeatureLevel, UInt128 Identity);

/// <summary>One message of the handshake.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Hello">In a Hello: its contents.</param>
/// <param name="Reason">In a Refusal: why.</param>
public readonly record struct HandshakeMessage(HandshakeKind Kind, Hello Hello, string? Reason);

/// <summary>What became of bytes that should be a handshake message.</summary>
public enum HandshakeDecoding
{
    /// <summary>A whole message.</summary>
    Whole,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>Not this protocol at all: something else is talking to the port.</summary>
    Foreign,

    /// <summary>This protocol, in a version that this code does not speak.</summary>
    UnknownVersion,

    /// <summary>The length is over the limit, or too short for the kind.</summary>
    BadLength,

    /// <summary>The checksum is wrong.</summary>
    Damaged,

    /// <summary>A kind that this version does not have.</summary>
    UnknownKind,
}
