namespace Synod.Paxos.Functional;

/// <summary>The time spans by which a <see cref="Member"/> leads, follows and campaigns.</summary>
public sealed record LeadershipOptions
{
    /// <summary>How often a leader says that it is alive, and sends its Accept again.</summary>
    public TimeSpan HeartbeatPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// So long after its last heartbeat a leader is believed to be alive. Several heartbeats long, or one that is lost
    /// ends a lead.
    /// </summary>
    public TimeSpan LivenessWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// An attempt to lead that has no quorum of promises after this begins anew, under a higher ballot.
    /// </summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a proposer waits after the first attempt that was refused.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest that it ever waits, however often it was refused.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// So long after somebody else's Prepare nobody else begins: half as long again as the window, so that who was
    /// first can become leader and say so.
    /// </summary>
    public TimeSpan ForeignPrepareWindow => LivenessWindow * 1.5;

    /// <summary>Refuses spans that cannot work.</summary>
    /// <exception cref="ArgumentException">One is; the message says which.</exception>
    public void Validate()
    {
        Require(HeartbeatPeriod > TimeSpan.Zero, "HeartbeatPeriod must be more than nothing.");
        Require(LivenessWindow > HeartbeatPeriod, "LivenessWindow must be longer than HeartbeatPeriod.");
        Require(AttemptTimeout > TimeSpan.Zero, "AttemptTimeout must be more than nothing.");
        Require(BackoffMin > TimeSpan.Zero, "BackoffMin must be more than nothing.");
        Require(BackoffMax >= BackoffMin, "BackoffMax must be at least BackoffMin.");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new ArgumentException(what);
        }
    }
}
