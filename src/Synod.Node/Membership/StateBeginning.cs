using System.Globalization;
using Synod.Paxos;

namespace Synod.Node;

/// <summary>
/// The state that a member brings to its first start: nothing, or that of a snapshot from which it was restored. All members
/// of a cluster begin with the same, or what they apply to it comes to different things.
/// </summary>
/// <param name="Slot">The last slot in it.</param>
/// <param name="Revision">Its revision, with what was skipped.</param>
/// <param name="EffectSum">The sum over its keys, values, revisions and leases.</param>
internal readonly record struct StateBeginning(Slot Slot, long Revision, ulong EffectSum)
{
    /// <summary>How a state begins, before anything is applied to it.</summary>
    public static StateBeginning Of(ReplicatedState state) =>
        new(state.AppliedUpTo, state.Store.CurrentRevision, state.Store.EffectSum);

    /// <inheritdoc/>
    public override string ToString() => Slot == Slot.Zero
        ? "an empty state"
        : string.Create(CultureInfo.InvariantCulture, $"a snapshot of slot {Slot}, revision {Revision}, sum {EffectSum:x16}");
}
