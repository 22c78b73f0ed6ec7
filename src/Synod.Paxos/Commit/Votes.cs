namespace Synod.Paxos.Commit;

/// <summary>What an instance can choose.</summary>
public enum Vote : byte
{
    /// <summary>The participant is able to commit, and stays able whatever happens.</summary>
    Prepared = 1,

    /// <summary>The participant does not commit.</summary>
    Aborted = 2,
}

/// <summary>What can become of a transaction.</summary>
public enum Outcome : byte
{
    /// <summary>Enough participants were prepared.</summary>
    Committed = 1,

    /// <summary>Too many were not.</summary>
    Aborted = 2,
}

/// <summary>Votes as values of consensus.</summary>
public static class Votes
{
    private static readonly Value Prepared = new(new[] { (byte)Vote.Prepared });
    private static readonly Value Aborted = new(new[] { (byte)Vote.Aborted });

    /// <summary>The value that stands for a vote.</summary>
    public static Value ValueOf(Vote vote) => vote == Vote.Prepared ? Prepared : Aborted;

    /// <summary>The vote that a value stands for.</summary>
    /// <exception cref="InvariantViolatedException">It stands for none: whoever proposed it was no part of
    /// this.</exception>
    public static Vote Of(Value value)
    {
        Check.That(value == Prepared || value == Aborted);
        return value == Prepared ? Vote.Prepared : Vote.Aborted;
    }
}
