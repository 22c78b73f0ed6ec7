namespace Synod.Transport.Handshakes;

/// <summary>Why a handshake fails; log lines of each kind are limited on their own.</summary>
internal enum RefusalKind
{
    WrongCluster,
    Self,
    WrongNode,
    UnknownNode,
    WrongDirection,
    UnknownLane,
    UnknownVersion,
    Malformed,
    HeldOff,
    Busy,
    TimedOut,
    ByPeer,
}

/// <summary>A no, in the words that the other side gets to read.</summary>
internal sealed record HandshakeRefusal(RefusalKind Kind, string Reason);
