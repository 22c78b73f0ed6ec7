using Synod.Paxos;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>
/// A lease that nobody gave back lives as long as its last acknowledged renewal promises, in store time and, store time
/// being never faster than the fastest clock, in true time; its keys live as long, and go with it at one revision;
/// nothing else takes them, and nothing hangs on a lease that is over.
/// </summary>
internal sealed class LeaseJudge(Verdicts verdicts, int driftPartsPerMillion)
{
    private readonly record struct Promise(long TtlSeconds, Instant CalledAt, ulong StoreTime);

    private sealed class Lease(long id)
    {
        public readonly long Id = id;
        public readonly List<Promise> Promises = [];
        public readonly HashSet<ulong> Keys = [];
        public bool RevokeAsked;
        public long RevisionOfEnd;
        public ulong FoundGoneAt = ulong.MaxValue;
        public ulong EndedAt = ulong.MaxValue;
        public Instant EndedAtTrue;
    }

    private readonly Dictionary<long, Lease> _all = [];
    private readonly HashSet<long> _alive = [];
    private ulong _values;

    /// <summary>How many ended by themselves.</summary>
    public int Expired { get; private set; }

    /// <summary>The id of a lease that a client will ask for.</summary>
    public long NextId()
    {
        var id = FirstId + _all.Count;
        _all.Add(id, new Lease(id));
        return id;
    }

    /// <summary>A value for a leased key, other than all others.</summary>
    public ulong NextValue() => (1UL << 40) + ++_values;

    /// <summary>A client was told that its lease lives.</summary>
    public void Alive(long id, long ttlSeconds, Instant calledAt, ulong storeTime) =>
        _all[id].Promises.Add(new Promise(ttlSeconds, calledAt, storeTime));

    /// <summary>A client was told that its lease is over.</summary>
    public void FoundGone(long id, ulong storeTime) => _all[id].FoundGoneAt = Math.Min(_all[id].FoundGoneAt, storeTime);

    /// <summary>A client asks for the end of its lease.</summary>
    public void RevokeAsked(long id) => _all[id].RevokeAsked = true;

    /// <summary>A decree was applied for the first time.</summary>
    public void Applied(
        CommandKind kind, OrderedStore store, ulong storeTime, Instant now, ReadOnlySpan<ChosenEvent> events)
    {
        if (kind >= CommandKind.LeaseGrant)
        {
            LookAtLeases(kind, store, storeTime, now);
        }
        foreach (var e in events)
        {
            if (e.PreviousLease >= FirstId)
            {
                JudgeLoss(e);
            }
            if (e.Lease >= FirstId)
            {
                if (!_alive.Contains(e.Lease))
                {
                    verdicts.Add("leases", $"revision {e.Revision} hangs a key on lease {e.Lease}, which is not there");
                }
                _all[e.Lease].Keys.Add(e.Key);
            }
        }
        if (kind is CommandKind.LeaseRevoke or CommandKind.LeaseExpire)
        {
            JudgeKeysLeft();
        }
    }

    /// <summary>The world is over.</summary>
    public void Close()
    {
        foreach (var lease in _all.Values)
        {
            foreach (var promise in lease.Promises)
            {
                JudgePromise(lease, promise);
            }
        }
    }

    private void LookAtLeases(CommandKind kind, OrderedStore store, ulong storeTime, Instant now)
    {
        var there = store.Leases().Select(lease => lease.Id).Where(id => id >= FirstId).ToHashSet();
        foreach (var id in _alive.Where(id => !there.Contains(id)))
        {
            var lease = _all[id];
            lease.EndedAt = storeTime;
            lease.EndedAtTrue = now;
            Expired += kind == CommandKind.LeaseExpire ? 1 : 0;
        }
        foreach (var id in there.Where(id => !_alive.Contains(id)))
        {
            if (!_all.TryGetValue(id, out var lease) || lease.EndedAt != ulong.MaxValue)
            {
                verdicts.Add("leases", $"lease {id} was never asked for, or is back");
            }
        }
        _alive.Clear();
        _alive.UnionWith(there.Where(_all.ContainsKey));
    }

    /// <summary>A key that hung on a lease was written again or deleted.</summary>
    private void JudgeLoss(in ChosenEvent e)
    {
        var lease = _all[e.PreviousLease];
        lease.Keys.Remove(e.Key);
        if (e.IsDelete && lease.EndedAt == ulong.MaxValue)
        {
            verdicts.Add("leases", $"revision {e.Revision} took key {e.Key:x} of lease {lease.Id}, which lives");
        }
        if (e.IsDelete)
        {
            lease.RevisionOfEnd = lease.RevisionOfEnd == 0 ? e.Revision : lease.RevisionOfEnd;
            if (lease.RevisionOfEnd != e.Revision)
            {
                verdicts.Add("leases", $"lease {lease.Id} took keys at {lease.RevisionOfEnd} and at {e.Revision}");
            }
        }
    }

    private void JudgeKeysLeft()
    {
        foreach (var lease in _all.Values.Where(lease => lease.EndedAt != ulong.MaxValue && lease.Keys.Count > 0))
        {
            verdicts.Add("leases", $"lease {lease.Id} is over, and {lease.Keys.Count} keys still hang on it");
            lease.Keys.Clear();
        }
    }

    private void JudgePromise(Lease lease, Promise promise)
    {
        if (lease.RevokeAsked)
        {
            return;
        }
        var until = promise.StoreTime + (ulong)promise.TtlSeconds * MicrosecondsPerSecond;
        var gone = lease.FoundGoneAt > promise.StoreTime ? Math.Min(lease.FoundGoneAt, lease.EndedAt) : lease.EndedAt;
        if (gone < until)
        {
            verdicts.Add("leases", $"lease {lease.Id}, promised until {until} of store time, was over at {gone}");
        }
        if (lease.EndedAt == ulong.MaxValue)
        {
            return;
        }
        var lived = lease.EndedAtTrue - promise.CalledAt;
        var fastest = 1 + (driftPartsPerMillion / 1e6);
        var least = (TimeSpan.FromSeconds(promise.TtlSeconds) / fastest) - Rounding;
        if (lived < least)
        {
            verdicts.Add("leases", $"lease {lease.Id}, asked for {promise.TtlSeconds} s, lived {lived}");
        }
    }

    /// <summary>What tests grant by themselves has lower ids, and is theirs to judge.</summary>
    private const long FirstId = 1L << 32;

    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);
    private const ulong MicrosecondsPerSecond = 1_000_000;
}
