using System.Globalization;

namespace Synod.Paxos;

/// <summary>Voters of different weight; made by <see cref="QuorumSystem.Weighted"/>.</summary>
public sealed class WeightedQuorums : QuorumSystem
{
    /// <summary>
    /// The most that one voter can weigh. It bounds the work of looking at every sum of weights before a system is
    /// accepted.
    /// </summary>
    public const int WeightMax = 1000;

    private const int NotReached = -1;
    private readonly int[] _weights;
    private readonly int _phase1Weight;
    private readonly int _phase2Weight;

    internal WeightedQuorums(IReadOnlyList<int> weights, int phase1Weight, int phase2Weight)
        : base(weights.Count)
    {
        _weights = [.. weights];
        (_phase1Weight, _phase2Weight) = (phase1Weight, phase2Weight);
        foreach (var weight in _weights)
        {
            if (weight is < 0 or > WeightMax)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"A voter weighs 0 to {WeightMax}, not {weight}."));
            }
        }
        var total = _weights.Sum();
        if (phase1Weight < 1 || phase1Weight > total || phase2Weight < 1 || phase2Weight > total)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Quorums of weight {phase1Weight} and {phase2Weight} are not possible with {total} in all."));
        }
        RefuseUnlessAllMeet(total);
        Phase1Size = FewestFor(phase1Weight);
        Phase2Size = FewestFor(phase2Weight);
    }

    /// <inheritdoc/>
    public override int Phase1Size { get; }

    /// <inheritdoc/>
    public override int Phase2Size { get; }

    /// <inheritdoc/>
    public override bool IsPhase1Quorum(MemberSet set) => WeightOf(set) >= _phase1Weight;

    /// <inheritdoc/>
    public override bool IsPhase2Quorum(MemberSet set) => WeightOf(set) >= _phase2Weight;

    internal override void Write(StateWriter writer)
    {
        writer.WriteByte((byte)Kind.Weighted);
        foreach (var weight in _weights)
        {
            writer.WriteNumber((ulong)weight);
        }
        writer.WriteNumber((ulong)_phase1Weight);
        writer.WriteNumber((ulong)_phase2Weight);
    }

    private int WeightOf(MemberSet set)
    {
        var weight = 0;
        for (var place = 0; place < _weights.Length; place++)
        {
            weight += set.Contains(place) ? _weights[place] : 0;
        }
        return weight;
    }

    /// <summary>
    /// Two quorums miss each other exactly if some set weighs enough for phase 1 and its complement enough for phase 2.
    /// All 2^n sets need not be looked at: only which sums of weights some set has.
    /// </summary>
    private void RefuseUnlessAllMeet(int total)
    {
        // For each sum the voter that was added last to reach it, so that the set can be named.
        var lastAdded = new int[total + 1];
        Array.Fill(lastAdded, NotReached);
        for (var place = 0; place < _weights.Length; place++)
        {
            for (var sum = total; _weights[place] > 0 && sum >= _weights[place]; sum--)
            {
                var before = sum - _weights[place];
                if (lastAdded[sum] == NotReached && (before == 0 || lastAdded[before] != NotReached))
                {
                    lastAdded[sum] = place;
                }
            }
        }
        for (var sum = _phase1Weight; sum <= total - _phase2Weight; sum++)
        {
            if (lastAdded[sum] != NotReached)
            {
                var first = SetOf(sum, lastAdded);
                throw Missing(first, first.ComplementIn(MemberSet.First(Voters)), "");
            }
        }
    }

    private MemberSet SetOf(int sum, int[] lastAdded)
    {
        var set = MemberSet.Empty;
        while (sum > 0)
        {
            // A sum was first reached by adding a later voter to a sum of earlier ones: nobody is added twice.
            Check.That(!set.Contains(lastAdded[sum]));
            set = set.With(lastAdded[sum]);
            sum -= _weights[lastAdded[sum]];
        }
        return set;
    }

    private int FewestFor(int weight)
    {
        var count = 0;
        foreach (var next in _weights.OrderDescending())
        {
            if (weight <= 0)
            {
                break;
            }
            weight -= next;
            count++;
        }
        return count;
    }
}
