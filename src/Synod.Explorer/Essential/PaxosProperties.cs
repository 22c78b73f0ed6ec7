using System.Numerics;
using Synod.Paxos;

namespace Synod.Explorer.Essential;

/// <summary>
/// What must hold of single-decree Paxos, counted by the properties themselves and not by the code they judge.
/// </summary>
public static class PaxosProperties
{
    /// <summary>
    /// "Only a single value is chosen" (Lamport 2001, §2.1), by whatever quorum, whether or not anybody knows.
    /// </summary>
    public static Property<PaxosWorld> Agreement { get; } =
        Property.Always<PaxosWorld>("agreement: one value is chosen", world => world.AgreesOnChosen());

    /// <summary>"Only a value that has been proposed may be chosen" (§2.1); here not even sent.</summary>
    public static Property<PaxosWorld> Validity { get; } =
        Property.Always<PaxosWorld>("validity: only wished-for values are sent", world => world.OnlyWishesAreSent());

    /// <summary>"A process never learns that a value has been chosen unless it actually has been" (§2.1).</summary>
    public static Property<PaxosWorld> OnlyChosenIsLearned { get; } =
        Property.Always<PaxosWorld>("only what is chosen is learned", world => world.LearnedIsChosen());

    /// <summary>What an acceptor's disk promises never goes down.</summary>
    public static Property<PaxosWorld> PromiseIsNeverLowered { get; } = Property.AlwaysStep<PaxosWorld, ulong>(
        "a promise on disk is never lowered",
        world => world.PromisesOnDisk(),
        (before, world) => PaxosWorld.NoneIsLower(before, world.PromisesOnDisk()));

    /// <summary>Whatever an acceptor has answered, its disk upholds: a crash would take back nothing.</summary>
    public static Property<PaxosWorld> AnswersAreDurable { get; } =
        Property.Always<PaxosWorld>("what was answered is on disk", world => world.AnswersAreOnDisk());

    /// <summary>A ballot is bound to at most one value (Lamport 1998, §2.1, B1).</summary>
    public static Property<PaxosWorld> OneValuePerBallot { get; } =
        Property.Always<PaxosWorld>("one value per ballot", world => world.BallotsHaveOneValue());

    /// <summary>The world is not so small that nothing is ever chosen.</summary>
    public static Property<PaxosWorld> SomeValueIsChosen { get; } =
        Property.Sometimes<PaxosWorld>("a value is chosen", world => world.ChosenBits() != 0);

    /// <summary>
    /// The heart of it: a proposer proposes what another one wished for, because it may have been chosen (P2c).
    /// </summary>
    public static Property<PaxosWorld> SomebodyAdopts { get; } =
        Property.Sometimes<PaxosWorld>("a proposer adopts another's value", world => world.SomebodyAdopted());

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Property<PaxosWorld>> All { get; } =
    [
        Agreement, Validity, OnlyChosenIsLearned, PromiseIsNeverLowered, AnswersAreDurable, OneValuePerBallot,
        SomeValueIsChosen, SomebodyAdopts,
    ];
}

public sealed partial class PaxosWorld
{
    /// <summary>
    /// The values that some quorum has accepted under one ballot, as far as anybody was told; at most one.
    /// </summary>
    public IReadOnlyList<Value> ChosenValues
    {
        get
        {
            var chosen = ChosenBits();
            return [.. Enumerable.Range(0, 64).Where(code => (chosen >> code & 1) != 0).Select(_codes.ValueOf)];
        }
    }

    /// <summary>
    /// The values (a bit each) that some quorum has accepted under one ballot, as far as anybody was told.
    /// </summary>
    internal ulong ChosenBits()
    {
        var chosen = _chosen;
        var voters = default(MemberSet);
        var ballotAndValue = 0UL;
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            if (PaxosCodes.Kind(code) != PaxosCodes.Accepted)
            {
                continue;
            }
            // Codes are ascending: those of one ballot and value stand together.
            if (code >> 24 != ballotAndValue)
            {
                ballotAndValue = code >> 24;
                voters = default;
            }
            voters = voters.With(PaxosCodes.Acceptor(code) - 1);
            if (_options.Configuration.Quorums.IsPhase2Quorum(voters))
            {
                chosen |= 1UL << PaxosCodes.ValueCode(code);
            }
        }
        return chosen;
    }

    internal bool AgreesOnChosen()
    {
        var chosen = ChosenBits();
        if (_learner?.Chosen is { } learned)
        {
            chosen |= 1UL << _codes.CodeOf(learned);
        }
        return BitOperations.PopCount(chosen) <= 1;
    }

    internal bool LearnedIsChosen() =>
        _learner?.Chosen is not { } learned || (ChosenBits() & (1UL << _codes.CodeOf(learned))) != 0;

    internal bool OnlyWishesAreSent()
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            if (PaxosCodes.ValueCode(_pool[i]) == PaxosCodes.UnknownValue)
            {
                return false;
            }
        }
        return true;
    }

    internal bool BallotsHaveOneValue()
    {
        // Accepts, then Acceptances, each ascending by ballot: compare each with the one before it.
        for (var i = 1; i < _pool.Count; i++)
        {
            var (left, right) = (_pool[i - 1], _pool[i]);
            if (PaxosCodes.Kind(right) is PaxosCodes.Accept or PaxosCodes.Accepted && left >> 32 == right >> 32
                && PaxosCodes.ValueCode(left) != PaxosCodes.ValueCode(right))
            {
                return false;
            }
        }
        return true;
    }

    internal bool AnswersAreOnDisk()
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            var kind = PaxosCodes.Kind(code);
            if (kind is PaxosCodes.Promise or PaxosCodes.Accepted)
            {
                var disk = _acceptors[PaxosCodes.Acceptor(code) - 1].Disk;
                // To have accepted under a ballot is to have promised it.
                var durable = kind == PaxosCodes.Accepted && disk.AcceptedBallot < disk.Promised
                    ? disk.AcceptedBallot
                    : disk.Promised;
                if (_codes.CodeOf(durable) < PaxosCodes.BallotCode(code))
                {
                    return false;
                }
            }
        }
        return true;
    }

    internal bool SomebodyAdopted()
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            if (PaxosCodes.Kind(code) == PaxosCodes.Accept
                && (PaxosCodes.ValueCode(code) - 1) / 2 != PaxosCodes.Proposer(code))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The promises on disk, a byte for each acceptor.</summary>
    internal ulong PromisesOnDisk()
    {
        var promises = 0UL;
        for (var place = 0; place < _acceptors.Length; place++)
        {
            promises |= (ulong)_codes.CodeOf(_acceptors[place].Disk.Promised) << (8 * place);
        }
        return promises;
    }

    internal static bool NoneIsLower(ulong before, ulong after)
    {
        for (var shift = 0; shift < 64; shift += 8)
        {
            if (((after >> shift) & 0xff) < ((before >> shift) & 0xff))
            {
                return false;
            }
        }
        return true;
    }
}
