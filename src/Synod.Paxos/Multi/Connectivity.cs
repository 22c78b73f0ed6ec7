namespace Synod.Paxos.Multi;

/// <summary>What one replica knows of one peer.</summary>
internal struct PeerView
{
    /// <summary>When its last heartbeat came; the default if none since the link came up.</summary>
    public Instant Heard;

    /// <summary>When this replica sent the heartbeat that the peer echoed last: until then the way there worked as well.</summary>
    public Instant Echoed;

    /// <summary>It has echoed one since the link came up; without, <see cref="Echoed"/> would look young to a clock that is.</summary>
    public bool HasEchoed;

    /// <summary>Its last heartbeat.</summary>
    public Heartbeat Last;

    /// <summary>A heartbeat arrived since the link came up.</summary>
    public bool IsKnown;

    /// <summary>It was asked for what it says is chosen, and has delivered nothing since.</summary>
    public bool IsDisbelieved;
}

/// <summary>
/// Who can talk with whom, and whether anybody needs a new leader (after Ng, Haridi, Carbone 2023, "Omni-Paxos", §5). Two
/// things go beyond a plain failure detector. A leader counts as alive only while it is itself quorum-connected: so a
/// leader that lost its quorum is replaced by whoever still has one. And a node that cannot hear the leader stays quiet
/// while a peer that it can talk with does hear it: so a chain of links does not make leadership flap.
/// </summary>
internal sealed partial class Connectivity(ReplicaContext context)
{
    private readonly PeerView[] _peers = new PeerView[context.Voters.Count];
    private Instant _nextHeartbeat;
    private Heartbeat _lastSent;

    /// <summary>The leader's ballot as this replica believes it; none if there is no leader.</summary>
    public Ballot Leader { get; private set; }

    /// <summary>Whether the host lets this node be elected: its disk is not stalled.</summary>
    public bool Electable { get; set; } = true;

    /// <summary>When the next heartbeat is due.</summary>
    public Instant NextHeartbeat => _nextHeartbeat;

    /// <summary>The round trip that the last echo of a peer took, or zero.</summary>
    public TimeSpan RoundTripOf(int place) => _roundTrips[place];

    private readonly TimeSpan[] _roundTrips = new TimeSpan[context.Voters.Count];

    /// <summary>Takes a heartbeat.</summary>
    public void Step(int place, in Heartbeat heartbeat)
    {
        ref var peer = ref _peers[place];
        var first = !peer.IsKnown;
        peer.IsKnown = true;
        peer.Heard = context.Now;
        peer.Last = heartbeat;
        var echoed = new Instant(heartbeat.Echo);
        if (heartbeat.Echo != 0 && echoed <= context.Now && (echoed > peer.Echoed || !peer.HasEchoed))
        {
            peer.HasEchoed = true;
            peer.Echoed = echoed;
            var roundTrip = (context.Now - echoed) - TimeSpan.FromTicks(heartbeat.EchoDelay / 100);
            _roundTrips[place] = roundTrip > TimeSpan.Zero ? roundTrip : TimeSpan.Zero;
        }
        if (first)
        {
            _nextHeartbeat = default; // Answer at once, so that both sides know the way back works.
        }
    }

    /// <summary>The link to a peer was lost: a reset is suspicion at once, without waiting for silence.</summary>
    public void LinkDown(int place)
    {
        _peers[place] = default;
        _nextHeartbeat = default;
    }

    /// <summary>A link came up: tell the peer at once.</summary>
    public void LinkUp() => _nextHeartbeat = default;

    /// <summary>There is evidence that the owner of <paramref name="ballot"/> leads.</summary>
    /// <returns>Whether this is news.</returns>
    public bool Follow(Ballot ballot)
    {
        if (ballot <= Leader)
        {
            return false;
        }
        Leader = ballot;
        return true;
    }

    /// <summary>There is no leader any more, as far as this replica can tell.</summary>
    public void ForgetLeader() => Leader = Ballot.None;

    /// <summary>Two-way contact within the election time-out.</summary>
    public bool IsConnected(int place)
    {
        if (place == context.Place)
        {
            return true;
        }
        ref var peer = ref _peers[place];
        return peer.IsKnown && peer.HasEchoed &&
            context.Now - peer.Heard <= context.Options.ElectionTimeout &&
            context.Now - peer.Echoed <= context.Options.ElectionTimeout;
    }

    /// <summary>Whether this replica has two-way contact with quorums of both phases.</summary>
    public bool IsQuorumConnected()
    {
        var set = MemberSet.Empty;
        for (var place = 0; place < _peers.Length; place++)
        {
            set = IsConnected(place) ? set.With(place) : set;
        }
        return context.Quorums.IsPhase1Quorum(set) && context.Quorums.IsPhase2Quorum(set);
    }

    /// <summary>Whether this replica itself hears a leader that is fit to lead.</summary>
    public bool HearsLeader(bool leading)
    {
        if (leading)
        {
            return true;
        }
        if (Leader.IsNone)
        {
            return false;
        }
        var place = context.Configuration.PlaceOf(Leader.Node);
        if (place < 0 || place == context.Place || !IsConnected(place))
        {
            return false;
        }
        ref var last = ref _peers[place].Last;
        return last.QuorumConnected && last.Leader == Leader;
    }

    /// <summary>Whether a peer in contact hears a fit leader, or is one, that this replica does not hear.</summary>
    public bool PeerHearsLeader(Ballot promised)
    {
        for (var place = 0; place < _peers.Length; place++)
        {
            if (place == context.Place || !IsConnected(place))
            {
                continue;
            }
            ref var last = ref _peers[place].Last;
            var leads = last.Leader.Node == context.Voters[place];
            if (!last.Leader.IsNone && last.Leader >= promised && last.Leader.Node != context.Self &&
                (!leads || last.QuorumConnected))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether a peer in contact could lead as well and knows far more.</summary>
    public bool IsFarBehind(Slot chosenUpTo)
    {
        for (var place = 0; place < _peers.Length; place++)
        {
            if (place == context.Place || !IsConnected(place))
            {
                continue;
            }
            ref var last = ref _peers[place].Last;
            if (last.QuorumConnected && last.Electable && !_peers[place].IsDisbelieved &&
                last.ChosenUpTo.Number > chosenUpTo.Number + (ulong)context.Options.CampaignLagSlotsMax)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>All peers in contact that say more is chosen than up to <paramref name="chosenUpTo"/> do not deliver it.</summary>
    /// <returns>How many these are.</returns>
    public int DisbelieveClaims(Slot chosenUpTo)
    {
        var count = 0;
        for (var place = 0; place < _peers.Length; place++)
        {
            if (place != context.Place && IsConnected(place) && _peers[place].Last.ChosenUpTo > chosenUpTo)
            {
                _peers[place].IsDisbelieved = true;
                context.Report(ReplicaEventKind.ClaimForgotten, Ballot.None, context.Voters[place]);
                count++;
            }
        }
        return count;
    }

    /// <summary>The peer delivers.</summary>
    public void Believe(int place) => _peers[place].IsDisbelieved = false;

    /// <summary>Whether what the peer says to be chosen does not count.</summary>
    public bool IsDisbelieved(int place) => _peers[place].IsDisbelieved;

    /// <summary>Whether a peer could take the lead now: in contact with this replica and a quorum, electable, not far behind.</summary>
    public bool IsFitToLead(int place, Slot chosenUpTo)
    {
        ref var last = ref _peers[place].Last;
        return place != context.Place && IsConnected(place) && last.QuorumConnected && last.Electable &&
            chosenUpTo.Number <= last.ChosenUpTo.Number + (ulong)context.Options.CampaignLagSlotsMax;
    }

    /// <summary>The highest ballot that any peer says it has promised.</summary>
    public Ballot HighestPromised()
    {
        var highest = Ballot.None;
        foreach (ref readonly var peer in _peers.AsSpan())
        {
            highest = peer.IsKnown ? Ballot.Max(highest, peer.Last.Promised) : highest;
        }
        return highest;
    }

    /// <summary>A connected peer that knows <paramref name="slot"/> to be chosen; different attempts give different peers.</summary>
    public NodeId PeerThatKnows(uint attempt, Slot slot)
    {
        for (var i = 0; i < _peers.Length; i++)
        {
            var place = (int)((context.Place + 1 + (long)attempt + i) % _peers.Length);
            if (place != context.Place && IsConnected(place) && _peers[place].Last.ChosenUpTo >= slot)
            {
                return context.Voters[place];
            }
        }
        return NodeId.None;
    }

    /// <summary>Someone through whom a leader that this replica cannot reach may be reached.</summary>
    public NodeId RelayToLeader(Ballot promised)
    {
        for (var place = 0; place < _peers.Length; place++)
        {
            if (place != context.Place && IsConnected(place) && !_peers[place].Last.Leader.IsNone &&
                _peers[place].Last.Leader >= promised && _peers[place].Last.Leader.Node != context.Self)
            {
                return context.Voters[place];
            }
        }
        return NodeId.None;
    }

    /// <summary>Sends heartbeats when they are due, or when what they say has changed.</summary>
    public void SendWhenDue(Ballot promised, bool leading, Ballot leadingUnder, Slot chosenUpTo)
    {
        var leader = leading ? leadingUnder : HearsLeader(false) ? Leader : Ballot.None;
        var quorumConnected = IsQuorumConnected();
        var changed = leader != _lastSent.Leader || quorumConnected != _lastSent.QuorumConnected ||
            Electable != _lastSent.Electable;
        if (context.Now < _nextHeartbeat && !changed)
        {
            return;
        }
        _nextHeartbeat = context.Now + context.Options.HeartbeatInterval;
        for (var place = 0; place < _peers.Length; place++)
        {
            if (place == context.Place)
            {
                continue;
            }
            ref var peer = ref _peers[place];
            _lastSent = new Heartbeat(
                context.Now.Nanoseconds,
                peer.IsKnown ? peer.Last.SentAt : 0,
                peer.IsKnown ? context.Now.Nanoseconds - peer.Heard.Nanoseconds : 0,
                promised, leader, quorumConnected, Electable, chosenUpTo);
            context.Output.Send(context.Voters[place], _lastSent);
        }
    }
}
