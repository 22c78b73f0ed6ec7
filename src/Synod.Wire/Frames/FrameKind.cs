namespace Synod.Wire;

/// <summary>
/// What a frame is for. A reader skips kinds that it does not know: a later feature level may add some within the same
/// protocol version.
/// </summary>
public enum FrameKind : byte
{
    /// <summary>Never sent: zeroed memory must not read as a frame.</summary>
    None = 0,

    /// <summary>Opaque bytes for the floor above.</summary>
    Payload = 1,

    /// <summary>The sender ends the connection; the payload is a <see cref="RefusalText"/> that tells why.</summary>
    Refusal = 2,

    /// <summary>The sender stops of its own will and in good order; empty. Who does not know it sees the end all the same.</summary>
    Goodbye = 3,
}
