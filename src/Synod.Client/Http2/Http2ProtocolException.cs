namespace Synod.Client.Http2;

/// <summary>The peer broke HTTP/2's rules, or went past a limit of this client; the connection is of no further
/// use.</summary>
internal sealed class Http2ProtocolException(string message) : Exception(message);
