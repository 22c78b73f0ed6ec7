using System.Buffers;

namespace Synod.Store;

/// <summary>
/// Writes one command: <see cref="Begin"/>, then one operation. After <see cref="Txn"/> come as many comparisons and
/// operations as its shape says, the success list before the failure list; these may be transactions again.
/// </summary>
/// <param name="output">Where the bytes go.</param>
public readonly ref struct CommandWriter(IBufferWriter<byte> output)
{
    /// <summary>Opens the command.</summary>
    public void Begin() => Byte(CommandFormat.Version);

    /// <summary>Writes a put.</summary>
    public void Put(in PutOperation put)
    {
        Byte((byte)CommandKind.Put);
        Byte((byte)(Flag(put.WantPrevious, CommandFormat.PutWantsPrevious)
            | Flag(put.KeepValue, CommandFormat.PutKeepsValue)
            | Flag(put.KeepLease, CommandFormat.PutKeepsLease)
            | Flag(put.Lease != 0, CommandFormat.PutHasLease)));
        if (put.Lease != 0)
        {
            Number(put.Lease);
        }
        Bytes(put.Key);
        Bytes(put.Value);
    }

    /// <summary>Writes a deletion.</summary>
    public void DeleteRange(in DeleteOperation delete)
    {
        Byte((byte)CommandKind.DeleteRange);
        Byte((byte)(Flag(delete.WantPrevious, CommandFormat.DeleteWantsPrevious)
            | Flag(!delete.RangeEnd.IsEmpty, CommandFormat.DeleteHasRangeEnd)));
        Bytes(delete.Key);
        if (!delete.RangeEnd.IsEmpty)
        {
            Bytes(delete.RangeEnd);
        }
    }

    /// <summary>Writes a range read, which only a transaction may hold.</summary>
    public void Range(in RangeQuery query)
    {
        bool sorts = query.SortOrder != SortOrder.None || query.SortTarget != SortTarget.Key;
        Byte((byte)CommandKind.Range);
        Byte((byte)(Flag(query.KeysOnly, CommandFormat.RangeKeysOnly)
            | Flag(query.CountOnly, CommandFormat.RangeCountOnly)
            | Flag(!query.RangeEnd.IsEmpty, CommandFormat.RangeHasRangeEnd)
            | Flag(query.Limit != 0, CommandFormat.RangeHasLimit)
            | Flag(query.Revision != 0, CommandFormat.RangeHasRevision)
            | Flag(sorts, CommandFormat.RangeHasSort)
            | Flag(query.IsFiltered, CommandFormat.RangeHasFilters)));
        Bytes(query.Key);
        if (!query.RangeEnd.IsEmpty)
        {
            Bytes(query.RangeEnd);
        }
        if (query.Limit != 0)
        {
            Number(query.Limit);
        }
        if (query.Revision != 0)
        {
            Number(query.Revision);
        }
        if (sorts)
        {
            Byte((byte)query.SortOrder);
            Byte((byte)query.SortTarget);
        }
        if (query.IsFiltered)
        {
            Number(query.MinModRevision);
            Number(query.MaxModRevision);
            Number(query.MinCreateRevision);
            Number(query.MaxCreateRevision);
        }
    }

    /// <summary>Opens a transaction: its parts follow.</summary>
    public void Txn(TxnShape shape)
    {
        Byte((byte)CommandKind.Txn);
        Count(shape.Comparisons);
        Count(shape.Success);
        Count(shape.Failure);
    }

    /// <summary>Writes a comparison.</summary>
    public void Compare(in Comparison comparison)
    {
        Byte((byte)((byte)comparison.Target
            | ((byte)comparison.Result << 3)
            | Flag(!comparison.RangeEnd.IsEmpty, CommandFormat.ComparisonHasRangeEnd)));
        Bytes(comparison.Key);
        if (!comparison.RangeEnd.IsEmpty)
        {
            Bytes(comparison.RangeEnd);
        }
        if (comparison.Target == ComparisonTarget.Value)
        {
            Bytes(comparison.Value);
        }
        else
        {
            Number(comparison.Number);
        }
    }

    /// <summary>Writes an operation that a client left empty; validation refuses it by its proper name.</summary>
    public void EmptyOperation() => Byte((byte)CommandKind.None);

    /// <summary>Writes a compaction.</summary>
    public void Compact(long revision)
    {
        Byte((byte)CommandKind.Compact);
        Number(revision);
    }

    /// <summary>Writes a grant.</summary>
    public void LeaseGrant(LeaseGrant grant)
    {
        Byte((byte)CommandKind.LeaseGrant);
        Number(grant.Id);
        Number(grant.TtlSeconds);
    }

    /// <summary>Writes the end of a lease.</summary>
    public void LeaseRevoke(long id)
    {
        Byte((byte)CommandKind.LeaseRevoke);
        Number(id);
    }

    /// <summary>Writes renewals.</summary>
    public void LeaseRenew(ReadOnlySpan<long> ids)
    {
        Byte((byte)CommandKind.LeaseRenew);
        Count(ids.Length);
        foreach (long id in ids)
        {
            Number(id);
        }
    }

    /// <summary>Writes the expiry of leases.</summary>
    /// <param name="deadline">The latest deadline that expires, in microseconds of store time; 0 lets only time pass.</param>
    public void LeaseExpire(ulong deadline)
    {
        Byte((byte)CommandKind.LeaseExpire);
        Variable(deadline);
    }

    /// <summary>Writes that an alarm is raised.</summary>
    public void AlarmRaise(Alarm alarm) => Alarm(CommandKind.AlarmRaise, alarm);

    /// <summary>Writes that an alarm is cleared.</summary>
    public void AlarmClear(Alarm alarm) => Alarm(CommandKind.AlarmClear, alarm);

    private void Alarm(CommandKind kind, Alarm alarm)
    {
        Byte((byte)kind);
        Variable(alarm.Member);
        Byte((byte)alarm.Kind);
    }

    private static int Flag(bool set, byte flag) => set ? flag : 0;

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        Count(bytes.Length);
        output.Write(bytes);
    }

    private void Count(int count) => Variable((ulong)count);

    private void Number(long number) => Variable((ulong)((number << 1) ^ (number >> 63)));

    private void Variable(ulong value)
    {
        Span<byte> into = output.GetSpan(CommandFormat.NumberBytesMax);
        int length = 0;
        while (value >= 0x80)
        {
            into[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        into[length++] = (byte)value;
        output.Advance(length);
    }
}
