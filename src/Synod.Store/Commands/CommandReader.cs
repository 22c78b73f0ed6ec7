namespace Synod.Store;

/// <summary>
/// Reads one command without copying. It takes any bytes: once they make no sense, <see cref="IsMalformed"/> is set for
/// good, everything read is empty, and nothing is ever thrown.
/// </summary>
/// <param name="command">The command's bytes.</param>
public ref struct CommandReader(ReadOnlySpan<byte> command)
{
    private ReadOnlySpan<byte> _rest = command;

    /// <summary>Whether something made no sense.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Whether all bytes are read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads the version byte and the kind of the operation.</summary>
    public CommandKind Begin()
    {
        if (Byte() != CommandFormat.Version)
        {
            return Malformed();
        }
        return Kind();
    }

    /// <summary>Reads the kind of the next operation of a transaction.</summary>
    public CommandKind Kind() => (CommandKind)Byte();

    /// <summary>Reads a put.</summary>
    public PutOperation Put()
    {
        byte flags = Flags(CommandFormat.PutFlags);
        return new PutOperation
        {
            WantPrevious = (flags & CommandFormat.PutWantsPrevious) != 0,
            KeepValue = (flags & CommandFormat.PutKeepsValue) != 0,
            KeepLease = (flags & CommandFormat.PutKeepsLease) != 0,
            Lease = (flags & CommandFormat.PutHasLease) != 0 ? Number() : 0,
            Key = Bytes(),
            Value = Bytes(),
        };
    }

    /// <summary>Reads a deletion.</summary>
    public DeleteOperation DeleteRange()
    {
        byte flags = Flags(CommandFormat.DeleteFlags);
        return new DeleteOperation
        {
            WantPrevious = (flags & CommandFormat.DeleteWantsPrevious) != 0,
            Key = Bytes(),
            RangeEnd = (flags & CommandFormat.DeleteHasRangeEnd) != 0 ? Bytes() : default,
        };
    }

    /// <summary>Reads a range read.</summary>
    public RangeQuery Range()
    {
        byte flags = Flags(CommandFormat.RangeFlags);
        bool filters = (flags & CommandFormat.RangeHasFilters) != 0;
        bool sorts = (flags & CommandFormat.RangeHasSort) != 0;
        return new RangeQuery
        {
            KeysOnly = (flags & CommandFormat.RangeKeysOnly) != 0,
            CountOnly = (flags & CommandFormat.RangeCountOnly) != 0,
            Key = Bytes(),
            RangeEnd = (flags & CommandFormat.RangeHasRangeEnd) != 0 ? Bytes() : default,
            Limit = (flags & CommandFormat.RangeHasLimit) != 0 ? Number() : 0,
            Revision = (flags & CommandFormat.RangeHasRevision) != 0 ? Number() : 0,
            SortOrder = sorts ? (SortOrder)Byte() : SortOrder.None,
            SortTarget = sorts ? (SortTarget)Byte() : SortTarget.Key,
            MinModRevision = filters ? Number() : 0,
            MaxModRevision = filters ? Number() : 0,
            MinCreateRevision = filters ? Number() : 0,
            MaxCreateRevision = filters ? Number() : 0,
        };
    }

    /// <summary>Reads the shape of a transaction.</summary>
    public TxnShape Txn()
    {
        var shape = new TxnShape(Count(), Count(), Count());
        // Every part takes a byte at least: counts that promise more than is there must not drive loops.
        if ((long)shape.Comparisons + shape.Success + shape.Failure > _rest.Length)
        {
            Malformed();
            return default;
        }
        return shape;
    }

    /// <summary>Reads a comparison.</summary>
    public Comparison Compare()
    {
        byte flags = Flags(CommandFormat.ComparisonFlags);
        var target = (ComparisonTarget)(flags & 7);
        if (target > ComparisonTarget.Lease)
        {
            Malformed();
        }
        bool values = target == ComparisonTarget.Value;
        return new Comparison
        {
            Target = target,
            Result = (ComparisonResult)((flags >> 3) & 3),
            Key = Bytes(),
            RangeEnd = (flags & CommandFormat.ComparisonHasRangeEnd) != 0 ? Bytes() : default,
            Value = values ? Bytes() : default,
            Number = values ? 0 : Number(),
        };
    }

    /// <summary>Reads the revision of a compaction.</summary>
    public long Compact() => Number();

    /// <summary>Reads a grant.</summary>
    public LeaseGrant LeaseGrant() => new(Number(), Number());

    /// <summary>Reads the id of the lease that is revoked.</summary>
    public long LeaseRevoke() => Number();

    /// <summary>Reads how many leases are renewed; as many ids follow.</summary>
    public int LeaseRenew()
    {
        int count = Count();
        if (count > _rest.Length)
        {
            Malformed();
            return 0;
        }
        return count;
    }

    /// <summary>Reads the id of the next lease that is renewed.</summary>
    public long LeaseId() => Number();

    /// <summary>Reads the latest deadline that expires.</summary>
    public ulong LeaseExpire() => Variable();

    /// <summary>Reads the alarm that is raised or cleared.</summary>
    public Alarm Alarm() => new(Variable(), (AlarmKind)Byte());

    private CommandKind Malformed()
    {
        IsMalformed = true;
        _rest = default;
        return CommandKind.None;
    }

    private byte Flags(byte known)
    {
        byte flags = Byte();
        if ((flags & ~known) != 0)
        {
            Malformed();
            return 0;
        }
        return flags;
    }

    private byte Byte()
    {
        if (_rest.IsEmpty)
        {
            Malformed();
            return 0;
        }
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    private ReadOnlySpan<byte> Bytes()
    {
        int length = Count();
        if (length > _rest.Length)
        {
            Malformed();
            return default;
        }
        ReadOnlySpan<byte> bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    private int Count()
    {
        ulong count = Variable();
        if (count > int.MaxValue)
        {
            Malformed();
            return 0;
        }
        return (int)count;
    }

    private long Number()
    {
        ulong folded = Variable();
        return (long)(folded >> 1) ^ -(long)(folded & 1);
    }

    private ulong Variable()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return IsMalformed ? 0 : value;
            }
        }
        Malformed();
        return 0;
    }
}
