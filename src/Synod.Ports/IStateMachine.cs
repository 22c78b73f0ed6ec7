using Synod.Paxos;

namespace Synod.Ports;

/// <summary>What a command came to, for the one node that waits for it. Made only when somebody waits.</summary>
public abstract class Outcome;

/// <summary>
/// What the log's commands act on. Deterministic: the same commands in the same slots give the same state and the same
/// effect sum on every replica, whatever the machine. State need not fit in memory.
/// </summary>
public interface IStateMachine
{
    /// <summary>
    /// Applies one command. Never throws for a bad command: whatever can fail was validated before it was proposed, and
    /// what is found impossible here is an outcome that changes nothing, alike on every replica.
    /// </summary>
    /// <param name="group">Which log.</param>
    /// <param name="slot">Its slot; each slot is applied once, in order.</param>
    /// <param name="storeTimeMicroseconds">Sum of the leaders' elapsed times up to this slot.</param>
    /// <param name="command">The command's bytes; must be copied if kept.</param>
    /// <param name="wantOutcome">Whether somebody on this node waits for the outcome.</param>
    /// <returns>The outcome, or null if it is not wanted.</returns>
    Outcome? Apply(uint group, Slot slot, ulong storeTimeMicroseconds, ReadOnlySpan<byte> command, bool wantOutcome);

    /// <summary>The last slot whose effects survive a crash on their own; zero for state that lives in memory.</summary>
    Slot DurableUpTo { get; }

    /// <summary>A sum over all effects so far, compared between replicas at equal slots.</summary>
    ulong EffectSum { get; }

    /// <summary>The version of the snapshot format that this code writes.</summary>
    uint FormatVersion { get; }
}
