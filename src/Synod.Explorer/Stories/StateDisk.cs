using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories;

/// <summary>What an acceptor of a story keeps its state on.</summary>
public interface IStateDisk
{
    /// <summary>What would be found there after a crash, as far as the acceptor's host knows.</summary>
    AcceptorState Durable { get; }

    /// <summary>Writes the state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="told">Where it is, or why not; empty where there is nothing to tell.</param>
    /// <returns>Whether it is on the medium; if not, nothing that depends on it is said.</returns>
    bool Save(in AcceptorState state, out string told);

    /// <summary>The process has crashed. Finds out what it had saved, and from then on keeps to that.</summary>
    /// <param name="told">What the medium looks like; empty where there is nothing to tell.</param>
    AcceptorState Restart(out string told);
}

/// <summary>A disk that does what it is told.</summary>
public sealed class SoundDisk : IStateDisk
{
    /// <inheritdoc/>
    public AcceptorState Durable { get; private set; }

    /// <inheritdoc/>
    public bool Save(in AcceptorState state, out string told)
    {
        Durable = state;
        told = "";
        return true;
    }

    /// <inheritdoc/>
    public AcceptorState Restart(out string told)
    {
        told = "";
        return Durable;
    }
}
