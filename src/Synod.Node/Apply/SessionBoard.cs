using Synod.Replication;

namespace Synod.Node;

/// <summary>
/// What the apply actor lets the core know without a message: the core reads it once a turn. Each field is written by
/// one actor only.
/// </summary>
internal sealed class SessionBoard(NodeOptions options)
{
    private IReadOnlyList<Member> _members = About.Members(options, new SessionTable());

    private ulong _session;
    private ulong _nonce;
    private ulong _answeredBelow = 1;
    private ulong _appliedUpTo;
    private long _appliedBytes;

    /// <summary>The id of this node's open session, or 0.</summary>
    public ulong Session
    {
        get => Volatile.Read(ref _session);
        set => Volatile.Write(ref _session, value);
    }

    /// <summary>The nonce of the session that the core wants; written by the core.</summary>
    public ulong Nonce
    {
        get => Volatile.Read(ref _nonce);
        set => Volatile.Write(ref _nonce, value);
    }

    /// <summary>Every command below this is answered.</summary>
    public ulong AnsweredBelow
    {
        get => Volatile.Read(ref _answeredBelow);
        set => Volatile.Write(ref _answeredBelow, value);
    }

    /// <summary>What metrics show of the store.</summary>
    public StoreFigures Figures { get; } = new();

    /// <summary>The members as clients see them.</summary>
    public IReadOnlyList<Member> Members => Volatile.Read(ref _members);

    /// <summary>A session was opened: its node may have said something new of itself.</summary>
    public void SessionsChanged(SessionTable sessions) =>
        Volatile.Write(ref _members, About.Members(options, sessions));

    /// <summary>The last slot applied.</summary>
    public ulong AppliedUpTo
    {
        get => Volatile.Read(ref _appliedUpTo);
        set => Volatile.Write(ref _appliedUpTo, value);
    }

    /// <summary>Bytes of all decrees that the apply actor has worked off since the start.</summary>
    public long AppliedBytes
    {
        get => Volatile.Read(ref _appliedBytes);
        set => Volatile.Write(ref _appliedBytes, value);
    }
}
