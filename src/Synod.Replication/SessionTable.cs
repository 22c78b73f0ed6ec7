using Synod.Paxos;

namespace Synod.Replication;

/// <summary>Whether a command is to be run.</summary>
public enum SessionVerdict
{
    /// <summary>Run it: it has not run before.</summary>
    Run,

    /// <summary>It has run, or was given up by its node, or its session is gone: it must not run.</summary>
    Skip,
}

/// <summary>
/// The replicated memory that makes forwarding and re-proposing harmless: a command that was chosen in two slots runs
/// once (van Renesse, Altinbuken 2015, "Paxos Made Moderately Complex", §2). Every node has one session at a time; its
/// commands may arrive in any order within <see cref="Window"/>. Part of the state machine: deterministic, and the same on
/// every replica.
/// </summary>
/// <remarks>
/// Outcomes need not be kept: the node that waits for a command applies it itself and has the outcome at hand. What it
/// cannot cover is a client's own retry of a request, which is a new command.
/// </remarks>
public sealed partial class SessionTable
{
    /// <summary>How many commands of one session may be unanswered at a time.</summary>
    public const int Window = 1 << 16;

    /// <summary>Bytes that a node may say of itself; of one that says more nothing is kept.</summary>
    public const int AboutBytesMax = 16 << 10;

    private sealed class Session(ulong id, ulong nonce, byte[] about)
    {
        public readonly ulong Id = id;
        public readonly ulong Nonce = nonce;
        public readonly byte[] About = about;
        public readonly ulong[] Done = new ulong[Window / 64];
        public ulong AnsweredBelow = 1;
    }

    private Session?[] _byNode = [];

    /// <summary>A session is opened by the decree in <paramref name="slot"/>.</summary>
    /// <param name="node">Whose session.</param>
    /// <param name="nonce">Which life of the node: the same opening chosen twice opens once.</param>
    /// <param name="slot">The slot, and so the session's id.</param>
    /// <param name="about">What the node says of itself to all others; opaque.</param>
    /// <returns>The id of the node's session now.</returns>
    public ulong Open(NodeId node, ulong nonce, Slot slot, ReadOnlySpan<byte> about)
    {
        if (node == NodeId.None || node.Number > NodeNumberMax)
        {
            return 0;
        }
        if (node.Number >= _byNode.Length)
        {
            Array.Resize(ref _byNode, (int)node.Number + 1);
        }
        ref var session = ref _byNode[node.Number];
        if (session is null || session.Nonce != nonce)
        {
            session = new Session(slot.Number, nonce, about.Length <= AboutBytesMax ? about.ToArray() : []);
        }
        return session.Id;
    }

    /// <summary>Whether a command is to be run; from then on it counts as run.</summary>
    public SessionVerdict Judge(in CommandEnvelope envelope)
    {
        var session = Find(envelope.Session);
        if (session is null)
        {
            return SessionVerdict.Skip;
        }
        Raise(session, envelope.AnsweredBelow);
        if (envelope.Sequence < session.AnsweredBelow || envelope.Sequence - session.AnsweredBelow >= Window)
        {
            return SessionVerdict.Skip;
        }
        ref var word = ref session.Done[envelope.Sequence % Window / 64];
        var bit = 1UL << (int)(envelope.Sequence % 64);
        if ((word & bit) != 0)
        {
            return SessionVerdict.Skip;
        }
        word |= bit;
        return SessionVerdict.Run;
    }

    /// <summary>The id of the node's session, or 0.</summary>
    public ulong SessionOf(NodeId node) =>
        node.Number < _byNode.Length && _byNode[node.Number] is { } session ? session.Id : 0;

    /// <summary>What the node last said of itself; empty if nothing.</summary>
    public ReadOnlyMemory<byte> AboutOf(NodeId node) =>
        node.Number < _byNode.Length && _byNode[node.Number] is { } session ? session.About : default;

    private Session? Find(ulong id)
    {
        foreach (var session in _byNode)
        {
            if (session is not null && session.Id == id)
            {
                return session;
            }
        }
        return null;
    }

    private static void Raise(Session session, ulong answeredBelow)
    {
        if (answeredBelow <= session.AnsweredBelow)
        {
            return;
        }
        if (answeredBelow - session.AnsweredBelow >= Window)
        {
            Array.Clear(session.Done);
        }
        else
        {
            for (var sequence = session.AnsweredBelow; sequence < answeredBelow; sequence++)
            {
                session.Done[sequence % Window / 64] &= ~(1UL << (int)(sequence % 64));
            }
        }
        session.AnsweredBelow = answeredBelow;
    }

    private const uint NodeNumberMax = 1023;
}
