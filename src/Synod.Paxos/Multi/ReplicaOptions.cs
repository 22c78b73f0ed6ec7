namespace Synod.Paxos.Multi;

/// <summary>Limits and times of a replica. All replicas of a cluster may differ in them without harm to safety.</summary>
public sealed record ReplicaOptions
{
    /// <summary>How often each peer is sent a heartbeat; at most a third of <see cref="ElectionTimeout"/>.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Silence after which a peer counts as cut off. Well above the tail of a disk's sync.</summary>
    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>First candidates wait a random time up to this; it doubles with every failed attempt up to the election time-out.</summary>
    public TimeSpan CampaignDelayMax { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>A message without an answer is sent again after this.</summary>
    public TimeSpan RetransmitInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>α: how far beyond the chosen prefix slots are opened (Lamport 2001, §3). A new configuration takes effect this far on.</summary>
    public int WindowSlots { get; init; } = 4096;

    /// <summary>
    /// Bytes of decrees above the chosen prefix up to which a leader opens slots; one decree alone may exceed it. Bounds what a
    /// new leader is shown in phase 1, and what is on its way to a slow peer.
    /// </summary>
    public long WindowBytesMax { get; init; } = 32L << 20;

    /// <summary>Proposals that may wait for the window.</summary>
    public int PendingProposalsMax { get; init; } = 16384;

    /// <summary>Bytes of proposals that may wait for the window; one proposal alone may exceed it.</summary>
    public long PendingBytesMax { get; init; } = 64L << 20;

    /// <summary>Bytes of one command; a longer one is refused, and a decree with a longer one from a peer is dropped.</summary>
    public int CommandBytesMax { get; init; } = 2 << 20;

    /// <summary>How far above its own chosen prefix an acceptor accepts; further ahead it catches up first.</summary>
    public int AcceptAheadMax { get; init; } = 65536;

    /// <summary>
    /// Bytes of decrees above its own chosen prefix up to which an acceptor accepts; further ahead it catches up first. The slot
    /// right after the prefix is always accepted in. At least a window and one command: an acceptor lags a little behind its
    /// leader even when all is well.
    /// </summary>
    public long AcceptAheadBytesMax { get; init; } = 128L << 20;

    /// <summary>Chosen decrees kept in memory for peers that lag a little; older ones come from the journal.</summary>
    public int LogTailSlotsMax { get; init; } = 65536;

    /// <summary>Bytes of chosen decrees kept in memory for peers.</summary>
    public long LogTailBytesMax { get; init; } = 64L << 20;

    /// <summary>Bytes of decrees in one page of a promise; one decree may exceed it.</summary>
    public int PromisePageBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes of decrees in one answer to a catch-up request.</summary>
    public int CatchUpBytesMax { get; init; } = 4 << 20;

    /// <summary>Slots asked for in one catch-up request.</summary>
    public int CatchUpSlotsMax { get; init; } = 8192;

    /// <summary>A node that is further behind a connected, electable peer than this does not campaign.</summary>
    public int CampaignLagSlotsMax { get; init; } = 16384;

    /// <summary>Throws if the options contradict each other.</summary>
    /// <exception cref="ArgumentException">With the reason.</exception>
    public void Validate()
    {
        if (HeartbeatInterval <= TimeSpan.Zero || ElectionTimeout < HeartbeatInterval * 3)
        {
            throw new ArgumentException("The election time-out must be at least three heartbeat intervals.");
        }
        if (WindowSlots < 1 || AcceptAheadMax < WindowSlots || LogTailSlotsMax < 1 || PendingProposalsMax < 1)
        {
            throw new ArgumentException("The window must be positive and at most AcceptAheadMax.");
        }
        if (CommandBytesMax < 1 || WindowBytesMax < 1 || PendingBytesMax < 1 ||
            AcceptAheadBytesMax < WindowBytesMax + CommandBytesMax)
        {
            throw new ArgumentException("Limits in bytes must be positive, and AcceptAheadBytesMax at least a window and a command beyond it.");
        }
    }
}
