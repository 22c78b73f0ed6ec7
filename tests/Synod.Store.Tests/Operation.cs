using System.Buffers;

namespace Synod.Store.Tests;

/// <summary>
/// Operations as plain objects: what tests write down, and what both stores are given. Text is one byte a character.
/// </summary>
internal abstract record Operation
{
    public static byte[] Bytes(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    public byte[] ToCommand()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(output);
        writer.Begin();
        Write(writer);
        return output.WrittenSpan.ToArray();
    }

    public abstract void Write(CommandWriter writer);
}

internal sealed record Put(
    string Key, string Value = "", long Lease = 0, bool Prev = false, bool KeepValue = false, bool KeepLease = false) : Operation
{
    public override void Write(CommandWriter writer) => writer.Put(new PutOperation
    {
        Key = Bytes(Key),
        Value = Bytes(Value),
        Lease = Lease,
        WantPrevious = Prev,
        KeepValue = KeepValue,
        KeepLease = KeepLease,
    });
}

internal sealed record Delete(string Key, string End = "", bool Prev = false) : Operation
{
    public override void Write(CommandWriter writer) => writer.DeleteRange(
        new DeleteOperation { Key = Bytes(Key), RangeEnd = Bytes(End), WantPrevious = Prev });
}

internal sealed record Get(string Key, string End = "") : Operation
{
    public long Limit { get; init; }

    public long Revision { get; init; }

    public SortOrder Order { get; init; }

    public SortTarget Target { get; init; }

    public bool KeysOnly { get; init; }

    public bool CountOnly { get; init; }

    public long MinMod { get; init; }

    public long MaxMod { get; init; }

    public long MinCreate { get; init; }

    public long MaxCreate { get; init; }

    public RangeQuery ToQuery() => new()
    {
        Key = Bytes(Key),
        RangeEnd = Bytes(End),
        Limit = Limit,
        Revision = Revision,
        SortOrder = Order,
        SortTarget = Target,
        KeysOnly = KeysOnly,
        CountOnly = CountOnly,
        MinModRevision = MinMod,
        MaxModRevision = MaxMod,
        MinCreateRevision = MinCreate,
        MaxCreateRevision = MaxCreate,
    };

    public override void Write(CommandWriter writer) => writer.Range(ToQuery());
}

internal sealed record Nothing : Operation
{
    public override void Write(CommandWriter writer) => writer.EmptyOperation();
}

internal sealed record CompactAt(long Revision) : Operation
{
    public override void Write(CommandWriter writer) => writer.Compact(Revision);
}

internal sealed record Grant(long Id, long Ttl) : Operation
{
    public override void Write(CommandWriter writer) => writer.LeaseGrant(new LeaseGrant(Id, Ttl));
}

internal sealed record Revoke(long Id) : Operation
{
    public override void Write(CommandWriter writer) => writer.LeaseRevoke(Id);
}

internal sealed record Renew(params long[] Ids) : Operation
{
    public override void Write(CommandWriter writer) => writer.LeaseRenew(Ids);
}

internal sealed record Expire(ulong Seconds) : Operation
{
    public override void Write(CommandWriter writer) => writer.LeaseExpire(Seconds * 1_000_000);
}

internal sealed record Raise(ulong Member, AlarmKind Kind) : Operation
{
    public override void Write(CommandWriter writer) => writer.AlarmRaise(new Alarm(Member, Kind));
}

internal sealed record Clear(ulong Member, AlarmKind Kind) : Operation
{
    public override void Write(CommandWriter writer) => writer.AlarmClear(new Alarm(Member, Kind));
}

internal sealed record Is(
    string Key, ComparisonTarget Target, ComparisonResult Result, long Number = 0, string Value = "", string End = "")
{
    public void Write(CommandWriter writer) => writer.Compare(new Comparison
    {
        Key = Operation.Bytes(Key),
        RangeEnd = Operation.Bytes(End),
        Target = Target,
        Result = Result,
        Number = Number,
        Value = Operation.Bytes(Value),
    });
}

internal sealed record Txn(Is[] If, Operation[] Then, Operation[] Else) : Operation
{
    public Txn(params Operation[] then)
        : this([], then, [])
    {
    }

    public override void Write(CommandWriter writer)
    {
        writer.Txn(new TxnShape(If.Length, Then.Length, Else.Length));
        foreach (Is comparison in If)
        {
            comparison.Write(writer);
        }
        foreach (Operation operation in Then)
        {
            operation.Write(writer);
        }
        foreach (Operation operation in Else)
        {
            operation.Write(writer);
        }
    }
}
