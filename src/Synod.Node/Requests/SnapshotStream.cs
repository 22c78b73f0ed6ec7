namespace Synod.Node;

/// <summary>
/// A reader of one consistent snapshot of the whole state, made by a door as a subclass. The state is pinned when the node
/// takes the request; then slices come on the apply actor, between decrees, as long as there is room for them: a reader
/// that is slow costs no heartbeat and no memory but the history that is kept for it. Its one ending is the last
/// <see cref="Take"/>, or <see cref="NodeRequest.Fail"/>.
/// </summary>
public abstract class SnapshotStream : NodeRequest
{
    /// <summary>Whether another slice may be given now.</summary>
    public abstract bool HasRoom { get; }

    /// <summary>
    /// Nobody reads any more: the node may let go of it. May become true on any thread; no ending is called after it.
    /// </summary>
    public abstract bool IsAbandoned { get; }

    /// <summary>The state is pinned at this revision. Called once, before all slices.</summary>
    public abstract void Begin(long revision);

    /// <summary>The next slice of the snapshot.</summary>
    /// <param name="bytes">Some bytes of it; nobody writes to them again.</param>
    /// <param name="isLast">It ends with these.</param>
    public abstract void Take(ReadOnlyMemory<byte> bytes, bool isLast);
}
