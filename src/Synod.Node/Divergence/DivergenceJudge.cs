using Synod.Paxos;

namespace Synod.Node;

/// <summary>
/// Compares what replicas have made of the same commands. A replica that is outside a majority of equal sums has a
/// different state (a bug, broken memory, a damaged disk) and stops; where no majority can be, all stop: then nobody
/// knows who is right (Chandra, Griesemer, Redstone 2007, "Paxos Made Live", §6.2).
/// </summary>
internal sealed class DivergenceJudge(NodeId self, IReadOnlyList<NodeId> members, Slot begun = default)
{
    /// <summary>Replicas compare at each slot that is a multiple of this.</summary>
    public const ulong EverySlots = 1024;

    private const ulong RoundsKept = 64;

    private struct Round
    {
        public Slot Slot;
        public ulong[] Sums;
        public MemberSet Known;
    }

    private readonly Round[] _rounds = new Round[RoundsKept];
    private readonly int _self = PlaceOf(members, self);
    private Slot _ownNewest = begun;

    /// <summary>Takes one replica's sum.</summary>
    /// <returns>Why this node must stop, or null.</returns>
    public string? Take(NodeId from, in EffectSumAt at)
    {
        var place = PlaceOf(members, from);
        _ownNewest = place == _self ? Slot.Max(_ownNewest, at.Slot) : _ownNewest;
        if (place < 0 || !IsCompared(at.Slot))
        {
            return null;
        }
        if (at.Slot.Number > _ownNewest.Number + (RoundsKept - 1) * EverySlots)
        {
            return null; // So far ahead that it would take the place of what this node has still to compare, if it is true at all.
        }
        ref var round = ref _rounds[at.Slot.Number / EverySlots % RoundsKept];
        if (at.Slot < round.Slot)
        {
            return null; // Long past.
        }
        if (at.Slot > round.Slot || round.Sums is null)
        {
            round = new Round { Slot = at.Slot, Sums = new ulong[members.Count] };
        }
        round.Sums[place] = at.Sum;
        round.Known = round.Known.With(place);
        return Judge(round);
    }

    /// <summary>Whether replicas compare at this slot.</summary>
    public static bool IsCompared(Slot slot) => slot != Slot.Zero && slot.Number % EverySlots == 0;

    private string? Judge(in Round round)
    {
        if (!round.Known.Contains(_self))
        {
            return null;
        }
        var own = round.Sums[_self];
        var majority = members.Count / 2 + 1;
        var best = 0;
        for (var i = 0; i < members.Count; i++)
        {
            var equal = Equal(round, i);
            if (equal >= majority)
            {
                return round.Sums[i] == own ? null
                    : $"the state of this node differs from that of {equal} others after slot {round.Slot}. It must not serve any more. Keep its data directory for inquiry, and replace the member";
            }
            best = Math.Max(best, equal);
        }
        return best + members.Count - round.Known.Count >= majority ? null
            : $"the replicas have different states after slot {round.Slot} and no majority agrees. Nobody can serve safely. Keep all data directories for inquiry, and restore from a backup";
    }

    private int Equal(in Round round, int place)
    {
        var equal = 0;
        for (var i = 0; i < members.Count && round.Known.Contains(place); i++)
        {
            equal += round.Known.Contains(i) && round.Sums[i] == round.Sums[place] ? 1 : 0;
        }
        return equal;
    }

    private static int PlaceOf(IReadOnlyList<NodeId> members, NodeId node)
    {
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i] == node)
            {
                return i;
            }
        }
        return -1;
    }
}
