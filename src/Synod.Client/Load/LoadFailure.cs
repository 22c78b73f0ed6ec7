namespace Synod.Client.Load;

/// <summary>The load cannot go on; the message says where and why in one line.</summary>
internal sealed class LoadFailure(string message) : Exception(message);
