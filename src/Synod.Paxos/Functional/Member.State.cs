namespace Synod.Paxos.Functional;

public sealed partial class Member
{
    /// <summary>
    /// Writes canonical bytes. Time enters only as the spans that are left or have passed, and no longer ones than make
    /// a difference: members that will behave alike write the same.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="now">The present.</param>
    public void Write(StateWriter writer, Instant now)
    {
        _member.Write(writer);
        _backoff.Write(writer);
        writer.WriteNumber(Passed(_leaderHeard, now, _options.LivenessWindow));
        writer.WriteNumber(Passed(_foreignPrepareHeard, now, _options.ForeignPrepareWindow));
        writer.WriteNumber(IsAcquiring ? Left(_attemptEnds, now) : 0);
        writer.WriteNumber(Left(_mayRetry, now));
        writer.WriteNumber(IsLeader ? Left(_nextHeartbeat, now) : 0);
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="now">The present; that of writing need not be known.</param>
    public void Read(ref StateReader reader, Instant now)
    {
        _member.Read(ref reader);
        _backoff.Read(ref reader);
        _leaderHeard = Before(now, reader.ReadNumber());
        _foreignPrepareHeard = Before(now, reader.ReadNumber());
        _attemptEnds = now + TimeSpan.FromTicks((long)reader.ReadNumber());
        _mayRetry = now + TimeSpan.FromTicks((long)reader.ReadNumber());
        _nextHeartbeat = now + TimeSpan.FromTicks((long)reader.ReadNumber());
    }

    /// <summary>Ticks of 100 ns since then, at most one more than the window.</summary>
    private static ulong Passed(Instant then, Instant now, TimeSpan window) =>
        (ulong)Math.Clamp((now - then).Ticks, 0, window.Ticks + 1);

    private static ulong Left(Instant until, Instant now) => until <= now ? 0 : (ulong)(until - now).Ticks;

    private static Instant Before(Instant now, ulong ticks) => now + TimeSpan.FromTicks(-(long)ticks);
}
