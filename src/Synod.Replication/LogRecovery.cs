using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Storage;
using Synod.Storage.Recovery;
using Synod.Wire;

namespace Synod.Replication;

/// <summary>
/// Brings a replica back from its journal: promises and acceptances as they were, and every decree that is known to be
/// chosen, handed on as it is found so that memory holds only the tail.
/// </summary>
/// <param name="replica">An empty replica.</param>
/// <param name="output">Its output.</param>
/// <param name="apply">Takes chosen decrees in slot order.</param>
public sealed class LogRecovery(Replica replica, ReplicaOutput output, Action<LearnedDecree> apply) : IRecordVisitor
{
    private ulong _last;

    /// <inheritdoc/>
    public void VisitCarry(ReadOnlySpan<byte> carry)
    {
        if (carry.Length == 0)
        {
            return;
        }
        var reader = new ByteReader(carry.ToArray());
        var version = reader.U8();
        reader.U64();
        var promised = reader.Ballot();
        LetGoUpTo = version == CarryVersion ? reader.Slot() : Slot.Zero;
        if (version is not (CarryVersion or CarryVersionWithoutSlot) || reader.IsBad)
        {
            throw new JournalRefusedException(
                null,
                "The journal's carry record was written by another version of Synod. Start that version, or upgrade step by step.");
        }
        replica.RecoverPromise(promised);
        if (replica.ChosenUpTo < LetGoUpTo)
        {
            throw new JournalRefusedException(
                null,
                $"The journal begins after slot {LetGoUpTo}, and no sound snapshot reaches so far (the best one ends at "
                + $"slot {replica.ChosenUpTo}).{WhatToDo}");
        }
    }

    /// <inheritdoc/>
    public void Visit(in JournalRecord record, ReadOnlySpan<byte> payload)
    {
        if (record.Stream != LogHost.Stream || !RecordCodec.TryRead(payload.ToArray(), out var state))
        {
            throw new JournalRefusedException(
                null,
                $"Record {record.Number} of the journal is sound but not known to this version of Synod. Start the version that wrote it.");
        }
        Check.That(record.Configuration == replica.Configuration.Number);
        replica.Recover(state, record.Number, output);
        _last = record.Number;
        if (state.Kind == StateRecordKind.ChosenUpTo && replica.ChosenUpTo < state.Slot)
        {
            throw new JournalRefusedException(
                null,
                $"Record {record.Number} of the journal says that this node had everything up to slot {state.Slot}, "
                + $"but its snapshots and the journal reach only to slot {replica.ChosenUpTo}.{WhatToDo}");
        }
        foreach (var decree in output.Decrees)
        {
            apply(decree);
        }
        output.Clear();
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> BuildCarry()
    {
        var writer = new ByteWriter(64);
        WriteCarry(writer, replica.Configuration.Number, replica.Promised, LetGoUpTo);
        return writer.Memory;
    }

    /// <summary>Continues the numbering of records after those that were found.</summary>
    /// <param name="lastRecord">The journal's last record.</param>
    public void End(ulong lastRecord)
    {
        Check.That(lastRecord >= _last);
        output.ContinueAfter(lastRecord);
    }

    /// <summary>Slots up to here may be missing from the journal: snapshots stand for them.</summary>
    public Slot LetGoUpTo { get; private set; }

    internal static void WriteCarry(ByteWriter writer, ulong configuration, Ballot promised, Slot letGoUpTo)
    {
        writer.U8(CarryVersion);
        writer.U64(configuration);
        writer.Ballot(promised);
        writer.Slot(letGoUpTo);
    }

    private const string WhatToDo =
        " A snapshot file is missing or damaged. This node cannot tell what it has applied, so it takes no part; the other"
        + " members go on without it. Keep a copy of the directory, check the medium, and replace the member.";

    private const byte CarryVersion = 2;
    private const byte CarryVersionWithoutSlot = 1;
}
