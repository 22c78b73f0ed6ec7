using Synod.Paxos;
using Synod.Ports;

namespace Synod.Transport.Links;

/// <summary>Another member: its three lanes, and whether it is being held off.</summary>
internal sealed class Peer
{
    private readonly LinkEnvironment _environment;
    private readonly Lane[] _lanes;
    private volatile Hold? _hold;
    private volatile string? _lastRefusal;

    public Peer(NodeId id, PeerAddress address, LinkEnvironment environment)
    {
        Id = id;
        Address = address;
        _environment = environment;
        DialFailureLines = new LineLimiter(environment.Options.Clock, environment.Options.RepeatedLineInterval);
        _lanes = [
            new Lane(this, PeerLane.Control, environment),
            new Lane(this, PeerLane.Data, environment),
            new Lane(this, PeerLane.Bulk, environment),
        ];
    }

    public NodeId Id { get; }

    public PeerAddress Address { get; }

    /// <summary>Three lanes fail for one reason: one line tells it.</summary>
    public LineLimiter DialFailureLines { get; }

    public ReadOnlySpan<Lane> Lanes => _lanes;

    public Lane LaneOf(PeerLane which) => _lanes[(int)which];

    /// <summary>
    /// Whether this refusal has not been logged yet: the same no comes on every lane and at every dial, and within the
    /// hold-off that follows with a few words before it.
    /// </summary>
    public bool IsNews(string refusal)
    {
        string? last = _lastRefusal;
        if (last is not null && (refusal.EndsWith(last, StringComparison.Ordinal) || last.EndsWith(refusal, StringComparison.Ordinal)))
        {
            return false;
        }
        return Interlocked.CompareExchange(ref _lastRefusal, refusal, last) == last;
    }

    /// <summary>A connection ended for another reason: the next refusal is news, whatever it says.</summary>
    public void ForgetRefusal() => _lastRefusal = null;

    /// <summary>Why the peer is held off just now; null when it is not.</summary>
    public string? HoldReason() =>
        _hold is { } hold && TimeHeld(hold) < _environment.Options.RefuseHoldOff ? hold.Reason : null;

    /// <summary>How long the peer is still held off.</summary>
    public TimeSpan HoldLeft()
    {
        TimeSpan left = _hold is { } hold ? _environment.Options.RefuseHoldOff - TimeHeld(hold) : TimeSpan.Zero;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Refuses the peer on all lanes and holds it off.</summary>
    public void Refuse(string reason)
    {
        _hold = new Hold(_environment.Options.Clock.GetTimestamp(), reason);
        foreach (Lane lane in _lanes)
        {
            lane.Refuse(reason);
        }
    }

    private TimeSpan TimeHeld(Hold hold) => _environment.Options.Clock.GetElapsedTime(hold.Since);

    private sealed record Hold(long Since, string Reason);
}
