namespace Synod.Paxos;

/// <summary>What an acceptor does with a request that carries a ballot.</summary>
public enum Verdict
{
    /// <summary>The ballot is below the promise: answer with a Nack, change nothing.</summary>
    Refuse,

    /// <summary>This was answered before: answer the same again once that answer is durable, change nothing.</summary>
    Repeat,

    /// <summary>Write the new state, then answer.</summary>
    Take,
}

/// <summary>
/// The rule of Lamport 2001, §2.2 (P1a): an acceptor obeys a request unless it has promised to hear only higher
/// ballots. It stands in code once; single-decree Paxos, the log and the registers all call it.
/// </summary>
public static class AcceptorRule
{
    /// <summary>Judges one request.</summary>
    /// <param name="promised">The highest ballot promised so far.</param>
    /// <param name="answered">
    /// The ballot that this kind of request was last answered for: <paramref name="promised"/> for a Prepare, the
    /// accepted ballot for an Accept.
    /// </param>
    /// <param name="asked">The ballot of the request; not <see cref="Ballot.None"/>.</param>
    public static Verdict Judge(Ballot promised, Ballot answered, Ballot asked)
    {
        Check.That(!asked.IsNone);
        Check.That(promised >= answered);
        if (asked < promised)
        {
            return Verdict.Refuse;
        }
        return asked == answered ? Verdict.Repeat : Verdict.Take;
    }
}
