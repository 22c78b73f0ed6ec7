using Synod.Store;

namespace Synod.Node;

/// <summary>Something to do with the watch hub, carried out on the apply actor between two batches.</summary>
public abstract class WatchRequest : NodeRequest
{
    /// <summary>Do it: short, without blocking or throwing. The hub takes its turn right afterwards.</summary>
    /// <param name="hub">The node's hub.</param>
    /// <param name="store">Only to be read, only during the call.</param>
    public abstract void Run(WatchHub hub, OrderedStore store);
}
