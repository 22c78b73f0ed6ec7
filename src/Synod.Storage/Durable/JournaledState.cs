using System.Buffers.Binary;
using Synod.Paxos;
using Synod.Storage.Recovery;

namespace Synod.Storage.Durable;

/// <summary>
/// The same state in the journal instead of files of its own: each save is one record, batched and synced with whatever
/// else the node writes, and the next segment opens with the latest one.
/// </summary>
/// <remarks>The journal must hold nothing else than this stream, or the host must hand only this stream's records
/// on.</remarks>
/// <param name="group">Which group of the node.</param>
/// <param name="stream">Which stream of the group.</param>
/// <param name="configuration">The number of the configuration.</param>
public sealed class JournaledState(uint group, byte stream, ulong configuration) : IRecordVisitor
{
    private const int NumberBytes = sizeof(ulong);
    private byte[] _carry = [];
    private ulong _number;

    /// <summary>The state found, or saved last (on the medium or not yet); null if none ever was.</summary>
    public ReadOnlyMemory<byte>? State
    {
        get
        {
            // Not a conditional expression: there null would become an empty memory, which is a state.
            if (_number == 0)
            {
                return null;
            }
            return _carry.AsMemory(NumberBytes);
        }
    }

    /// <summary>Adds the state to a batch. It is saved when the journal reports this number persisted.</summary>
    /// <param name="batch">The batch; the journal's limits for records and carries are the state's.</param>
    /// <param name="number">The record's number, one more than the last.</param>
    /// <param name="state">The state; copied.</param>
    public void Save(JournalBatch batch, ulong number, ReadOnlySpan<byte> state)
    {
        Check.That(number > _number);
        Take(number, state);
        batch.Add(number, group, stream, configuration, 0, state);
        batch.SetCarry(_carry);
    }

    /// <inheritdoc/>
    public void VisitCarry(ReadOnlySpan<byte> carry)
    {
        if (carry.Length == 0)
        {
            return;
        }
        if (carry.Length < NumberBytes)
        {
            throw new JournalRefusedException(null, "The journal's carry is sound but not a saved state.");
        }
        Take(BinaryPrimitives.ReadUInt64LittleEndian(carry), carry[NumberBytes..]);
    }

    /// <inheritdoc/>
    public void Visit(in JournalRecord record, ReadOnlySpan<byte> payload)
    {
        if (record.Group != group || record.Stream != stream)
        {
            throw new JournalRefusedException(
                null, $"Record {record.Number} of the journal is sound but belongs to another stream than the state.");
        }
        // Records older than the carry are visited too.
        if (record.Number > _number)
        {
            Take(record.Number, payload);
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> BuildCarry() => _carry;

    private void Take(ulong number, ReadOnlySpan<byte> state)
    {
        _carry = new byte[NumberBytes + state.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(_carry, number);
        state.CopyTo(_carry.AsSpan(NumberBytes));
        _number = number;
    }
}
