namespace Synod.Paxos.Multi;

/// <summary>
/// How instants and record numbers stand in a replica's bytes: relative to "now" and to the persisted mark, so that two
/// replicas in the same situation write the same bytes, whenever that is and whatever their journals held before.
/// </summary>
internal static class RelativeFields
{
    /// <summary>Longer than anything lasts: a cap that is none.</summary>
    public static readonly TimeSpan Uncapped = TimeSpan.FromDays(36_500);

    /// <summary>An instant that something waits for. One that has come is the same as now: it has come for good.</summary>
    public static void WriteUntil(this StateWriter writer, Instant until, Instant now) =>
        writer.WriteNumber(until == Instant.Never ? 0 : 1 + (ulong)Math.Max(0, until.Nanoseconds - now.Nanoseconds));

    /// <summary>Reads what <see cref="WriteUntil"/> wrote.</summary>
    public static Instant ReadUntil(this ref StateReader reader, Instant now)
    {
        var left = reader.ReadNumber();
        Check.That(left <= (ulong)(long.MaxValue - now.Nanoseconds));
        return left == 0 ? Instant.Never : new Instant(checked(now.Nanoseconds + (long)(left - 1)));
    }

    /// <summary>
    /// An instant since which something has lasted. More than <paramref name="cap"/> is the same as that: nobody waits longer.
    /// </summary>
    public static void WriteSince(this StateWriter writer, Instant since, Instant now, TimeSpan cap)
    {
        Check.That(since == Instant.Never || since <= now);
        var lasted = now.Nanoseconds - since.Nanoseconds;
        writer.WriteNumber(since == Instant.Never ? 0 : 1 + (ulong)Math.Min(lasted, cap.Ticks * 100));
    }

    /// <summary>Reads what <see cref="WriteSince"/> wrote.</summary>
    public static Instant ReadSince(this ref StateReader reader, Instant now)
    {
        var lasted = reader.ReadNumber();
        Check.That(lasted <= 1 + (ulong)(Uncapped.Ticks * 100));
        return lasted == 0 ? Instant.Never : new Instant(checked(now.Nanoseconds - (long)(lasted - 1)));
    }

    /// <summary>A record's number: 0 if it is durable, else how far it is above the persisted mark.</summary>
    public static void WriteRecordNumber(this StateWriter writer, ulong record, ulong persistedUpTo) =>
        writer.WriteNumber(record <= persistedUpTo ? 0 : record - persistedUpTo);

    /// <summary>Reads what <see cref="WriteRecordNumber"/> wrote.</summary>
    public static ulong ReadRecordNumber(this ref StateReader reader, ulong persistedUpTo) =>
        checked(persistedUpTo + reader.ReadNumber());

    /// <summary>A decree.</summary>
    public static void Write(this StateWriter writer, in Decree decree)
    {
        writer.WriteByte((byte)decree.Kind);
        writer.WriteNumber(decree.ElapsedMicroseconds);
        writer.Write(decree.Value);
    }

    /// <summary>Reads a decree; its value shares the memory.</summary>
    public static Decree ReadDecree(this ref StateReader reader) =>
        new((DecreeKind)reader.ReadByte(), reader.ReadUInt32(), reader.ReadValue());

    /// <summary>The number of things that follow.</summary>
    public static int ReadCount(this ref StateReader reader) => checked((int)reader.ReadUInt32());
}
