using System.Numerics;
using Synod.Paxos;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Practical;

/// <summary>
/// What must hold of practical Paxos, counted by the properties themselves and not by the code they judge.
/// </summary>
public static class PracticalProperties
{
    /// <summary>
    /// "Only a single value is chosen" (Lamport 2001, §2.1), by whatever quorum, whether or not anybody knows.
    /// </summary>
    public static Property<PracticalWorld> Agreement { get; } =
        Property.Always<PracticalWorld>("agreement: one value is chosen", world => world.AgreesOnChosen());

    /// <summary>"Only a value that has been proposed may be chosen" (§2.1); here not even sent.</summary>
    public static Property<PracticalWorld> Validity { get; } = Property.Always<PracticalWorld>(
        "validity: only wished-for values are sent", world => world.OnlyWishesAreSent());

    /// <summary>"A process never learns that a value has been chosen unless it actually has been" (§2.1).</summary>
    public static Property<PracticalWorld> OnlyChosenIsLearned { get; } =
        Property.Always<PracticalWorld>("only what is chosen is learned", world => world.LearnedIsChosen());

    /// <summary>What a disk promises never goes down, nor does the mark on it.</summary>
    public static Property<PracticalWorld> PromiseIsNeverLowered { get; } =
        Property.AlwaysStep<PracticalWorld, (ulong, ulong)>(
            "a promise or mark on disk is never lowered",
            world => world.OnDisk(),
            (before, world) => PracticalWorld.NoneIsLower(before, world.OnDisk()));

    /// <summary>Whatever a member has said, its disk upholds: a crash would take back nothing.</summary>
    public static Property<PracticalWorld> WordsAreDurable { get; } =
        Property.Always<PracticalWorld>("what was said is on disk", world => world.WordsAreOnDisk());

    /// <summary>A ballot is bound to at most one value (Lamport 1998, §2.1, B1).</summary>
    public static Property<PracticalWorld> OneValuePerBallot { get; } =
        Property.Always<PracticalWorld>("one value per ballot", world => world.BallotsHaveOneValue());

    /// <summary>The world is not so small that nothing is ever chosen.</summary>
    public static Property<PracticalWorld> SomeValueIsChosen { get; } =
        Property.Sometimes<PracticalWorld>("a value is chosen", world => world.ChosenBits() != 0);

    /// <summary>A proposer proposes what another one wished for, because it may have been chosen (P2c).</summary>
    public static Property<PracticalWorld> SomebodyAdopts { get; } =
        Property.Sometimes<PracticalWorld>("a proposer adopts another's value", world => world.SomebodyAdopted());

    /// <summary>Refusals end a lead or an attempt at it.</summary>
    public static Property<PracticalWorld> SomebodyGivesUp { get; } =
        Property.Sometimes<PracticalWorld>("a proposer gives its ballot up", world => world.SomebodyGaveUp());

    /// <summary>All that hold whatever the options are, but <see cref="SomebodyAdopts"/> wants two proposers.</summary>
    public static IReadOnlyList<Property<PracticalWorld>> All { get; } =
    [
        Agreement, Validity, OnlyChosenIsLearned, PromiseIsNeverLowered, WordsAreDurable, OneValuePerBallot,
        SomeValueIsChosen, SomebodyAdopts, SomebodyGivesUp,
    ];
}

public sealed partial class PracticalWorld
{
    /// <summary>
    /// The values (a bit each) that some quorum has accepted under one ballot, as far as anybody was told.
    /// </summary>
    internal ulong ChosenBits()
    {
        var chosen = 0UL;
        var voters = MemberSet.Empty;
        var ballotAndValue = 0UL;
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            if (PracticalCodes.Kind(code) != PracticalCodes.Accepted)
            {
                continue;
            }
            // Codes are ascending: those of one ballot and value stand together.
            if (code >> 24 != ballotAndValue)
            {
                (ballotAndValue, voters) = (code >> 24, MemberSet.Empty);
            }
            voters = voters.With(PracticalCodes.From(code));
            if (_options.Configuration.Quorums.IsPhase2Quorum(voters))
            {
                chosen |= 1UL << PracticalCodes.ValueCode(code);
            }
        }
        return chosen;
    }

    internal bool AgreesOnChosen()
    {
        var chosen = ChosenBits();
        foreach (var member in _members)
        {
            chosen |= member.Role.Chosen is { } learned ? 1UL << _codes.CodeOf(learned) : 0;
        }
        return BitOperations.PopCount(chosen) <= 1;
    }

    internal bool LearnedIsChosen()
    {
        var learned = 0UL;
        foreach (var member in _members)
        {
            learned |= member.Role.Chosen is { } value ? 1UL << _codes.CodeOf(value) : 0;
        }
        return (learned & ~ChosenBits()) == 0;
    }

    internal bool OnlyWishesAreSent()
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            if (PracticalCodes.ValueCode(_pool[i]) == PracticalCodes.UnknownValue)
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
            if (PracticalCodes.Kind(right) is PracticalCodes.Accept or PracticalCodes.Accepted
                && left >> 32 == right >> 32 && PracticalCodes.ValueCode(left) != PracticalCodes.ValueCode(right))
            {
                return false;
            }
        }
        return true;
    }

    internal bool WordsAreOnDisk()
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            var covered = PracticalCodes.Kind(code) switch
            {
                PracticalCodes.Prepare => _members[PracticalCodes.Owner(code)].Disk.Mark.Ballot,
                PracticalCodes.Promise => _members[PracticalCodes.From(code)].Disk.Acceptor.Promised,
                PracticalCodes.Accepted => _members[PracticalCodes.From(code)].Disk.Acceptor.AcceptedBallot,
                _ => (Ballot?)null,
            };
            if (covered is { } ballot && _codes.CodeOf(ballot) < PracticalCodes.BallotCode(code))
            {
                return false;
            }
        }
        return true;
    }

    internal bool SomebodyAdopted()
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            if (PracticalCodes.Kind(code) == PracticalCodes.Accept
                && (PracticalCodes.ValueCode(code) - 1) / 2 != PracticalCodes.Owner(code))
            {
                return true;
            }
        }
        return false;
    }

    internal bool SomebodyGaveUp()
    {
        foreach (var member in _members)
        {
            // It began a ballot in its only life, and has none under way.
            if (member.Life == 0 && member.BallotsUsed > 0 && member.Role.Stage == ProposerStage.Idle)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Promises and marks on disk, a byte for each member.</summary>
    internal (ulong Promises, ulong Marks) OnDisk()
    {
        var (promises, marks) = (0UL, 0UL);
        for (var i = 0; i < _members.Length; i++)
        {
            promises |= (ulong)_codes.CodeOf(_members[i].Disk.Acceptor.Promised) << (8 * i);
            marks |= (ulong)_codes.CodeOf(_members[i].Disk.Mark.Ballot) << (8 * i);
        }
        return (promises, marks);
    }

    internal static bool NoneIsLower((ulong Promises, ulong Marks) before, (ulong Promises, ulong Marks) after)
    {
        for (var shift = 0; shift < 64; shift += 8)
        {
            if (((after.Promises >> shift) & 0xff) < ((before.Promises >> shift) & 0xff)
                || ((after.Marks >> shift) & 0xff) < ((before.Marks >> shift) & 0xff))
            {
                return false;
            }
        }
        return true;
    }
}
