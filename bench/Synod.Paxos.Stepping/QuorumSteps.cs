using BenchmarkDotNet.Attributes;

namespace Synod.Paxos.Stepping;

/// <summary>Whether a set is a quorum: asked for every vote.</summary>
[MemoryDiagnoser]
public class QuorumSteps
{
    private readonly QuorumSystem _majority = QuorumSystem.Majority(5);
    private readonly QuorumSystem _grid = QuorumSystem.Grid(3, 3);
    private readonly QuorumSystem _weighted = QuorumSystem.Weighted([3, 2, 1, 1, 1], 5, 4);
    private readonly MemberSet _set = new(0b10110);

    /// <summary>Counting.</summary>
    [Benchmark]
    public bool Majority() => _majority.IsPhase2Quorum(_set);

    /// <summary>Three by three.</summary>
    [Benchmark]
    public bool Grid() => _grid.IsPhase2Quorum(_set);

    /// <summary>Adding up weights.</summary>
    [Benchmark]
    public bool Weighted() => _weighted.IsPhase2Quorum(_set);
}
