using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Fast;

namespace Synod.Explorer.Fast;

/// <summary>What <see cref="FastWorld"/> asks of a coordinator; <see cref="RealFastCoordinator"/> is the real
/// one.</summary>
public interface IFastCoordinatorRole
{
    /// <summary>Phase 1a.</summary>
    AfterWrite<FastBallotMark, FastPrepare> Prepare(bool fast);

    /// <summary>Phase 2a.</summary>
    FastAccept? Step(in FastPromise promise);

    /// <summary>Writes what is in memory as canonical bytes.</summary>
    void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    void Read(ref StateReader reader);
}

/// <summary>The real coordinator, of incarnation 1.</summary>
/// <param name="self">Its number.</param>
/// <param name="voters">The acceptors.</param>
/// <param name="quorums">Their quorums.</param>
public class RealFastCoordinator(NodeId self, IReadOnlyList<NodeId> voters, FastQuorums quorums) : IFastCoordinatorRole
{
    private readonly FastCoordinator _coordinator = new(self, 1, voters, quorums, default);

    /// <inheritdoc/>
    public virtual AfterWrite<FastBallotMark, FastPrepare> Prepare(bool fast) => _coordinator.Prepare(fast);

    /// <inheritdoc/>
    public virtual FastAccept? Step(in FastPromise promise) => _coordinator.Step(promise);

    /// <inheritdoc/>
    public void Write(StateWriter writer) => _coordinator.Write(writer);

    /// <inheritdoc/>
    public void Read(ref StateReader reader) => _coordinator.Read(ref reader);
}

/// <summary>What a <see cref="FastWorld"/> consists of.</summary>
public sealed record FastWorldOptions
{
    /// <summary>How many acceptors, at most 5; quorums are <see cref="FastQuorums.WithMajorities"/>.</summary>
    public int Acceptors { get; init; } = 3;

    /// <summary>
    /// The ballots that are begun, each by a coordinator of its own, at any time and at most once; true for a fast one.
    /// The n-th is of a round of its own.
    /// </summary>
    public IReadOnlyList<bool> Ballots { get; init; } = [true, false];

    /// <summary>
    /// Whether the first ballot, which must be a fast one, has been opened at all acceptors when the world begins.
    /// </summary>
    public bool StartsOpen { get; init; }

    /// <summary>Makes a coordinator.</summary>
    public Func<NodeId, IReadOnlyList<NodeId>, FastQuorums, IFastCoordinatorRole> MakeCoordinator { get; init; } =
        (self, voters, quorums) => new RealFastCoordinator(self, voters, quorums);
}
