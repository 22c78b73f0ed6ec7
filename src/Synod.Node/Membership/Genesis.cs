using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// Makes sure that a wiped disk is never taken for a new node. Before anybody votes, every initial member durably holds
/// the same list of identities and has heard that all others do (the first start needs all of them, later ones none). From then
/// on a member that comes with another identity has lost what it promised, and is refused.
/// </summary>
internal sealed class Genesis(
    NodeOptions options, IMembershipStore store, IPeers peers, INodeObserver observer, StateBeginning beginning = default)
{
    private static readonly TimeSpan TellRefusalEvery = TimeSpan.FromMinutes(1);

    private readonly bool[] _beganAlike = new bool[options.Members.Count];
    private readonly DataIdentity[] _seen = new DataIdentity[options.Members.Count];
    private readonly bool[] _confirmed = new bool[options.Members.Count];
    private readonly Instant[] _tellAgain = new Instant[options.Members.Count];
    private readonly ByteWriter _packet = new(256);
    private IReadOnlyList<DataIdentity> _held = store.Identities;
    private bool _saving;
    private bool _savingActive;
    private Instant _now;
    private Instant _nextTell;
    private string? _told;

    /// <summary>This node may vote.</summary>
    public bool IsActive { get; private set; } = store.IsActive;

    /// <summary>Why the node cannot go on, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>A peer has shown its identity.</summary>
    public bool Admit(NodeId peer, DataIdentity identity)
    {
        var place = PlaceOf(peer);
        if (place < 0)
        {
            return false;
        }
        // Before anything is held, one that has not begun alike may yet be restored anew, under another identity.
        var known = _held.Count > 0 ? _held[place] : _beganAlike[place] ? _seen[place] : DataIdentity.None;
        if (known != DataIdentity.None && known != identity)
        {
            Refuse(peer, _held.Count > 0
                ? "its data directory is not the one this cluster knows: it was wiped or replaced. A wiped disk is not a new node; it must be replaced as a member"
                : "its data directory changed while the cluster was being formed. Start all members again with empty data directories");
            return false;
        }
        _seen[place] = identity;
        _nextTell = default;
        return true;
    }

    /// <summary>A peer says which identities it holds.</summary>
    public void Take(NodeId peer, ReadOnlyMemory<byte> bytes)
    {
        var place = PlaceOf(peer);
        if (place < 0 || !MembershipPacket.TryRead(bytes, out var packet) || packet.ClusterId != options.ClusterId ||
            packet.Identities.Count != 0 && packet.Identities.Count != options.Members.Count)
        {
            return;
        }
        if (!IsActive && !packet.IsActive && packet.Beginning != beginning)
        {
            _seen[place] = DataIdentity.None;
            _beganAlike[place] = false;
            Refuse(peer, $"it began with {packet.Beginning} and this node with {beginning}: the members were restored from different snapshots. Restore all of them from the same file, with the same flags");
            return;
        }
        _beganAlike[place] = true;
        if (_held.Count == 0 || packet.Identities.Count == 0)
        {
            return; // Nothing to compare with yet; the peer says it again.
        }
        if (!packet.Identities.SequenceEqual(_held))
        {
            Refuse(peer, "it holds another list of identities: this node's data directory or that of the peer was wiped or replaced");
            return;
        }
        _confirmed[place] = true;
        if (!packet.IsActive && IsActive)
        {
            // Who still waits says so at every heartbeat; only who does not wait any more has to be asked. (If both
            // answered each other, they would never stop.)
            Tell(peer);
        }
    }

    /// <summary>One turn.</summary>
    public void Turn(Instant now)
    {
        _now = now;
        TakeSaved();
        if (IsActive || _saving || Fault is not null)
        {
            return;
        }
        _seen[PlaceOf(options.Self)] = options.Identity;
        _beganAlike[PlaceOf(options.Self)] = true;
        if (_held.Count == 0 && !_seen.Contains(DataIdentity.None) && !_beganAlike.Contains(false))
        {
            if (_seen.Distinct().Count() != _seen.Length)
            {
                Fault = "two members have the same data directory identity: one directory was copied from another. Start each member with an empty directory of its own";
                return;
            }
            Save([.. _seen], false);
        }
        else if (_held.Count > 0)
        {
            if (_held[PlaceOf(options.Self)] != options.Identity)
            {
                Fault = "the data directory holds a list of members in which it does not stand itself";
                return;
            }
            _confirmed[PlaceOf(options.Self)] = true;
            if (!_confirmed.Contains(false))
            {
                Save(_held, true);
            }
        }
        if (now >= _nextTell && !IsActive)
        {
            _nextTell = now + options.Replica.HeartbeatInterval;
            TellAll();
            SayWhoIsMissing();
        }
    }

    /// <summary>When the next turn is due.</summary>
    public Instant Next => IsActive ? Instant.Never : _nextTell;

    private void TakeSaved()
    {
        if (!_saving || !store.TryTakeSaved(out var error))
        {
            return;
        }
        _saving = false;
        if (error is not null)
        {
            Fault = error;
            return;
        }
        _held = store.Identities;
        IsActive = _savingActive;
        _nextTell = default;
        TellAll();
        observer.Genesis(IsActive
            ? "every member holds the same list of identities: this node votes from now on"
            : "all members have shown their identities; waiting until each has confirmed that it holds them");
    }

    private void Save(IReadOnlyList<DataIdentity> identities, bool active)
    {
        _saving = true;
        _savingActive = active;
        store.Save(identities, active);
        TakeSaved();
    }

    private void TellAll()
    {
        foreach (var member in options.Members)
        {
            if (member.Id != options.Self)
            {
                Tell(member.Id);
            }
        }
    }

    private void Tell(NodeId peer)
    {
        _packet.Clear();
        new MembershipPacket(options.ClusterId, IsActive, _held, IsActive ? default : beginning).Write(_packet);
        peers.TrySend(peer, PeerLane.Control, _packet.Span);
    }

    private void SayWhoIsMissing()
    {
        if (_saving)
        {
            return;
        }
        var missing = options.Members.Where((_, place) => _held.Count == 0 ? _seen[place] == DataIdentity.None : !_confirmed[place]);
        var text = $"the first start needs every member; waiting for {string.Join(", ", missing.Select(m => m.Name))}";
        if (text != _told)
        {
            _told = text;
            observer.Genesis(text);
        }
    }

    private void Refuse(NodeId peer, string why)
    {
        // It comes again every few seconds, on three lanes; the operator is told of it now and then.
        ref var tellAgain = ref _tellAgain[PlaceOf(peer)];
        if (_now >= tellAgain)
        {
            tellAgain = _now + TellRefusalEvery;
            observer.IdentityRefused(peer, why);
        }
        peers.Refuse(peer, why);
    }

    private int PlaceOf(NodeId node)
    {
        for (var i = 0; i < options.Members.Count; i++)
        {
            if (options.Members[i].Id == node)
            {
                return i;
            }
        }
        return -1;
    }
}
