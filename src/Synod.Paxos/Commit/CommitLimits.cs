namespace Synod.Paxos.Commit;

/// <summary>How much an acceptor of transactions may keep in memory.</summary>
public sealed record CommitLimits
{
    /// <summary>How many nodes may begin transactions; messages of transactions of more of them are not
    /// answered.</summary>
    public int InitiatorsMax { get; init; } = MemberSet.MembersMax;

    /// <summary>
    /// How far an initiator's transactions may run ahead of its oldest one that is not over. Messages of later ones are
    /// not answered until it is.
    /// </summary>
    public int WindowTransactions { get; init; } = 2048;

    /// <summary>
    /// Of how many transactions of an initiator that are over the outcome is kept, to answer who comes late; below
    /// <see cref="WindowTransactions"/>.
    /// </summary>
    public int FinishedMax { get; init; } = 1000;
}
