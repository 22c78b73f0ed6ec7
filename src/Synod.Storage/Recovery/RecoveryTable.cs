using Synod.Storage.Format;

namespace Synod.Storage.Recovery;

/// <summary>Where the last readable record stands against the highest mark that was found anywhere.</summary>
public enum MarkDistance
{
    /// <summary>Records that were synced cannot be read.</summary>
    Short,

    /// <summary>The last readable record is the last that is known to be synced.</summary>
    Exact,

    /// <summary>Behind the mark there are readable records of which nobody knows whether they were synced.</summary>
    Beyond,
}

/// <summary>What was found, reduced to what the decision needs.</summary>
/// <param name="MustExist">The data directory says that a journal was begun.</param>
/// <param name="Mark">The mark file.</param>
/// <param name="AnyOpening">At least one segment has a readable opening.</param>
/// <param name="Continuous">From the oldest record that is still needed, every segment leads up to the next
/// one.</param>
/// <param name="Distance">The last readable record against the mark.</param>
/// <param name="TailIsBlank">Behind the last readable record, in its segment and in all later files, there is
/// nothing.</param>
public readonly record struct RecoveryFacts(
    bool MustExist, MarkCopies Mark, bool AnyOpening, bool Continuous, MarkDistance Distance, bool TailIsBlank);

/// <summary>What to do.</summary>
public enum RecoveryDecision
{
    /// <summary>Nothing was ever promised here: start a journal.</summary>
    Begin,

    /// <summary>All is synced and clean: go on behind the last record.</summary>
    Resume,

    /// <summary>Cut a torn tail, if there is one; write and sync all above the mark into a fresh segment.</summary>
    Rewrite,

    /// <summary>There was a journal, and it is gone.</summary>
    RefuseLost,

    /// <summary>The mark is gone: nobody could tell a torn tail from rot.</summary>
    RefuseMark,

    /// <summary>A segment in the middle is gone or damaged.</summary>
    RefuseGap,

    /// <summary>Records that were synced are damaged.</summary>
    RefuseRot,
}

/// <summary>
/// Recovery's judgement, apart from its hands. A torn tail and damage to a synced record look alike on disk; cutting
/// the latter would forget a promise, so only the mark decides (Alagappan et al., Protocol-Aware Recovery, FAST'18,
/// §2).
/// </summary>
public static class RecoveryTable
{
    /// <summary>Decides. The order of the rows matters: each stands on those before it.</summary>
    public static RecoveryDecision Decide(in RecoveryFacts facts) => facts switch
    {
        { Mark: MarkCopies.Damaged } => RecoveryDecision.RefuseMark,
        { AnyOpening: false, MustExist: true } => RecoveryDecision.RefuseLost,
        { AnyOpening: false, Mark: MarkCopies.Intact } => RecoveryDecision.RefuseLost,
        { AnyOpening: false, Distance: MarkDistance.Short } => RecoveryDecision.RefuseLost,
        { AnyOpening: false } => RecoveryDecision.Begin,
        { Mark: MarkCopies.Absent } => RecoveryDecision.RefuseMark, // it is made before the first segment
        { Continuous: false } => RecoveryDecision.RefuseGap,
        { Distance: MarkDistance.Short } => RecoveryDecision.RefuseRot,
        { Distance: MarkDistance.Exact, TailIsBlank: true } => RecoveryDecision.Resume,
        _ => RecoveryDecision.Rewrite,
    };
}
