using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories.Wrong;

/// <summary>A disk that is none: what was written is gone after a crash, and its acceptor starts with nothing.</summary>
internal sealed class ForgetfulDisk : IStateDisk
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
        Durable = default;
        told = "";
        return Durable;
    }
}
