using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

/// <summary>What must hold of the log, counted by the properties themselves and not by the code they judge.</summary>
public static class LogProperties
{
    /// <summary>In each slot one decree is chosen, by whatever quorum and whether or not anybody knows, and only it is handed out.</summary>
    public static Property<LogWorld> Agreement { get; } =
        Property.Always<LogWorld>("agreement: one decree in each slot", world => world.AgreesInEachSlot());

    /// <summary>"Only a value that has been proposed may be chosen" (Lamport 2001, §2.1), or a no-op; here not even sent.</summary>
    public static Property<LogWorld> Validity { get; } =
        Property.Always<LogWorld>("validity: only proposed commands are sent", world => world.OnlyProposedIsSent());

    /// <summary>Nobody is handed a decree that no quorum has durably accepted under one ballot.</summary>
    public static Property<LogWorld> OnlyChosenIsHandedOut { get; } =
        Property.Always<LogWorld>("only what is chosen is handed out", world => world.HandedOutIsChosen());

    /// <summary>A ballot is bound to at most one decree in a slot.</summary>
    public static Property<LogWorld> OneDecreePerBallotAndSlot { get; } =
        Property.Always<LogWorld>("one decree for each ballot and slot", world => world.BallotsHaveOneDecree());

    /// <summary>What a disk promises never goes down, and memory never promises less than the disk.</summary>
    public static Property<LogWorld> PromiseIsNeverLowered { get; } = Property.AlwaysStep<LogWorld, Ballot[]>(
        "a promise is never lowered", world => world.PromisesOnDisk(), (before, world) => world.PromisesAreAtLeast(before));

    /// <summary>Whatever was answered, the disk upholds: a crash would take back nothing.</summary>
    public static Property<LogWorld> AnswersAreDurable { get; } =
        Property.Always<LogWorld>("what was answered is on disk", world => world.AnswersAreOnDisk());

    /// <summary>The world is not so small that there is no log.</summary>
    public static Property<LogWorld> TwoSlotsAreChosen { get; } =
        Property.Sometimes<LogWorld>("two slots are chosen", world => world.CountChosenSlots() >= 2);

    /// <summary>The heart of it: a leader proposes another one's command, because it may have been chosen (P2c).</summary>
    public static Property<LogWorld> SomebodyAdopts { get; } =
        Property.Sometimes<LogWorld>("a new leader adopts another's command", world => world.SomebodyAdopted());

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Property<LogWorld>> All { get; } =
    [
        Agreement, Validity, OnlyChosenIsHandedOut, OneDecreePerBallotAndSlot, PromiseIsNeverLowered, AnswersAreDurable,
        TwoSlotsAreChosen, SomebodyAdopts,
    ];
}

public sealed partial class LogWorld
{
    private readonly byte[] _chosen = new byte[LogDisk.SlotsMax + 1];

    internal bool AgreesInEachSlot()
    {
        var agrees = !_handedOutTwo && TryFindChosen();
        for (var slot = 0; slot < _handedOut.Length && agrees; slot++)
        {
            agrees = _handedOut[slot] == 0 || _chosen[slot] == 0 || _handedOut[slot] == _chosen[slot];
        }
        return agrees;
    }

    internal bool HandedOutIsChosen()
    {
        TryFindChosen();
        for (var slot = 0; slot < _handedOut.Length; slot++)
        {
            if (_handedOut[slot] != 0 && _chosen[slot] != _handedOut[slot])
            {
                return false;
            }
        }
        return true;
    }

    internal int CountChosenSlots()
    {
        TryFindChosen();
        return _chosen.Count(code => code != 0);
    }

    /// <summary>Finds the decrees that a quorum has ever durably accepted under one ballot; false if two in one slot.</summary>
    private bool TryFindChosen()
    {
        Array.Clear(_chosen);
        var voters = MemberSet.Empty;
        var agrees = true;
        for (var i = 0; i < _acceptances.Count; i++)
        {
            var code = _acceptances[i];
            var continues = i > 0 && LogCodes.SlotAndBallotOf(code) == LogCodes.SlotAndBallotOf(_acceptances[i - 1])
                && LogCodes.DecreeOf(code) == LogCodes.DecreeOf(_acceptances[i - 1]);
            voters = (continues ? voters : MemberSet.Empty).With(LogCodes.PlaceOf(code));
            if (_options.Configuration.Quorums.IsPhase2Quorum(voters))
            {
                ref var chosen = ref _chosen[LogCodes.SlotOf(code)];
                agrees &= chosen == 0 || chosen == LogCodes.DecreeOf(code);
                chosen = LogCodes.DecreeOf(code);
            }
        }
        return agrees;
    }

    internal bool BallotsHaveOneDecree()
    {
        for (var i = 1; i < _acceptances.Count; i++)
        {
            if (LogCodes.SlotAndBallotOf(_acceptances[i]) == LogCodes.SlotAndBallotOf(_acceptances[i - 1])
                && LogCodes.DecreeOf(_acceptances[i]) != LogCodes.DecreeOf(_acceptances[i - 1]))
            {
                return false;
            }
        }
        for (var i = 0; i < _pool.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (one, other) = (_messages[_pool[i]], _messages[_pool[j]]);
                if (one.Kind == MessageKind.Accept && other.Kind == MessageKind.Accept
                    && one.Accept.Slot == other.Accept.Slot && one.Accept.Ballot == other.Accept.Ballot
                    && one.Accept.Decree != other.Accept.Decree)
                {
                    return false;
                }
            }
        }
        return true;
    }

    internal bool OnlyProposedIsSent()
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            var message = _messages[_pool[i]];
            if (message.Kind != MessageKind.Accept)
            {
                continue;
            }
            var code = LogCodes.Of(message.Accept.Decree);
            var (place, count) = LogCodes.Tell(code);
            if (code == LogCodes.Unknown || (place >= 0 && count >= _nodes[place].Commands))
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
            var message = _messages[_pool[i]];
            if (message.Kind == MessageKind.Accept
                && LogCodes.Tell(LogCodes.Of(message.Accept.Decree)) is (>= 0, _) command
                && _options.Configuration.Voters[command.Place] != message.Accept.Ballot.Node)
            {
                return true;
            }
        }
        return false;
    }

    internal Ballot[] PromisesOnDisk() => [.. _nodes.Select(node => node.Disk.Promised)];

    internal bool PromisesAreAtLeast(Ballot[] before)
    {
        for (var place = 0; place < _nodes.Length; place++)
        {
            var node = _nodes[place];
            if (node.Disk.Promised < before[place] || node.Replica.Promised < node.Disk.Promised)
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
            var message = _messages[_pool[i]];
            if (message.Kind is not (MessageKind.Promise or MessageKind.Accepted))
            {
                continue;
            }
            var disk = _nodes[_options.Configuration.PlaceOf(message.From)].Disk;
            if (message.Kind == MessageKind.Promise ? disk.Promised < message.Promise.Ballot : !Holds(disk, message.Accepted))
            {
                return false;
            }
        }
        return true;
    }

    private static bool Holds(LogDisk disk, in Accepted accepted)
    {
        for (var slot = accepted.First; slot <= accepted.Last; slot = slot.Next)
        {
            ref readonly var record = ref disk[(int)slot.Number];
            if (record.Kind != StateRecordKind.Learned && record.Ballot < accepted.Ballot)
            {
                return false;
            }
        }
        return true;
    }
}
