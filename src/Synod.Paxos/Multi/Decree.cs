namespace Synod.Paxos.Multi;

/// <summary>What fills a slot.</summary>
public enum DecreeKind : byte
{
    /// <summary>Fills a hole; changes nothing.</summary>
    NoOp = 1,

    /// <summary>A command for the state machine.</summary>
    Command = 2,

    /// <summary>A configuration of the cluster.</summary>
    Configuration = 3,
}

/// <summary>
/// A decree: kind, the leader's elapsed time since its previous decree, and the bytes of the command. The sum of all
/// elapsed times up to a slot is that slot's <em>store time</em>, the only clock a state machine has.
/// </summary>
/// <param name="Kind">What the bytes are.</param>
/// <param name="ElapsedMicroseconds">Time since the leader's previous decree, capped at <see cref="uint.MaxValue"/>.</param>
/// <param name="Value">The command; empty in a no-op.</param>
public readonly record struct Decree(DecreeKind Kind, uint ElapsedMicroseconds, Value Value)
{
    /// <summary>A decree that changes nothing and takes no time.</summary>
    public static Decree NoOp => new(DecreeKind.NoOp, 0, default);
}
