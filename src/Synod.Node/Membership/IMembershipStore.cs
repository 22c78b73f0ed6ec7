using Synod.Ports;

namespace Synod.Node;

/// <summary>The durable part of membership, in the data directory. Saving is started here and reported by polling.</summary>
public interface IMembershipStore
{
    /// <summary>The identities of all members in order of their numbers; empty until they were held once.</summary>
    IReadOnlyList<DataIdentity> Identities { get; }

    /// <summary>Genesis is over: every member has confirmed that it holds the same list.</summary>
    bool IsActive { get; }

    /// <summary>Starts to save; one save at a time.</summary>
    void Save(IReadOnlyList<DataIdentity> identities, bool isActive);

    /// <summary>Whether the save that was started is durable now.</summary>
    /// <param name="error">Why it failed, and what to do; then the node stops.</param>
    bool TryTakeSaved(out string? error);
}
