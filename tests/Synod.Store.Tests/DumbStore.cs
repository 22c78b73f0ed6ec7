namespace Synod.Store.Tests;

/// <summary>
/// The second opinion: one list of everything that ever happened, searched from end to end for every question. Slow,
/// and short enough to be read against the rules.
/// </summary>
internal sealed class DumbStore
{
    private sealed record Version(string Key, string Value, long Create, long Mod, long Count, long Lease)
    {
        public string Line => TestStore.Line(Key, Value, Create, Mod, Count, Lease);
    }

    private readonly List<Version> _all = [];
    private readonly Dictionary<long, (long Ttl, ulong Until)> _leases = [];
    private int _committed;
    private long _revision = 1;
    private long _compacted = -1;

    public long Revision => _revision;

    /// <summary>Store time in seconds.</summary>
    public ulong Seconds { get; set; }

    public string Leases() => string.Join('\n', _leases.OrderBy(lease => (lease.Value.Until, lease.Key)).Select(lease =>
        $"{lease.Key} {lease.Value.Ttl} {(lease.Value.Until > Seconds ? lease.Value.Until - Seconds : 0)} "
        + $"[{string.Join(' ', KeysOf(lease.Key))}]"));

    private IEnumerable<string> KeysOf(long lease) =>
        At(long.MaxValue, "\0", "\0").Where(v => v.Lease == lease).Select(v => v.Key);

    public long Compacted => _compacted;

    private long Now => _all.Count > _committed ? _revision + 1 : _revision;

    public string Answer(Operation operation)
    {
        string? error = Refusal(operation, inTxn: false);
        if (error is not null)
        {
            return $"error {error} @{_revision}";
        }
        var ways = new Queue<bool>();
        Ways(operation, ways);
        string? later = Refusals(operation, new Queue<bool>(ways), puts: true)
            ?? Refusals(operation, new Queue<bool>(ways), puts: false);
        if (later is not null)
        {
            return $"error {later} @{_revision}";
        }
        string answer = Do(operation, ways);
        _revision = Now;
        _committed = _all.Count;
        return answer;
    }

    public string Read(Get get)
    {
        if (get.Revision > Now)
        {
            return $"error FutureRevision @{Now}";
        }
        if (get.Revision > 0 && get.Revision < _compacted)
        {
            return $"error Compacted @{Now}";
        }
        List<Version> all = At(get.Revision <= 0 ? long.MaxValue : get.Revision, get.Key, get.End);
        IEnumerable<Version> left = all.Where(v =>
            (get.MinMod == 0 || v.Mod >= get.MinMod) && (get.MaxMod == 0 || v.Mod <= get.MaxMod)
            && (get.MinCreate == 0 || v.Create >= get.MinCreate) && (get.MaxCreate == 0 || v.Create <= get.MaxCreate));
        Comparison<Version> order = get.Target switch
        {
            SortTarget.Key => (a, b) => string.CompareOrdinal(a.Key, b.Key),
            SortTarget.Version => (a, b) => a.Count.CompareTo(b.Count),
            SortTarget.CreateRevision => (a, b) => a.Create.CompareTo(b.Create),
            SortTarget.ModRevision => (a, b) => a.Mod.CompareTo(b.Mod),
            _ => (a, b) => string.CompareOrdinal(a.Value, b.Value),
        };
        var comparer = Comparer<Version>.Create(order);
        left = get.Order == SortOrder.Descending
            ? left.OrderByDescending(v => v, comparer)
            : left.OrderBy(v => v, comparer);
        List<Version> found = left.ToList();
        bool more = !get.CountOnly && get.Limit > 0 && found.Count > get.Limit;
        found = get.CountOnly ? [] : more ? found[..(int)get.Limit] : found;
        return $"range [{string.Concat(found.Select(v => (get.KeysOnly ? v with { Value = "" } : v).Line))}] "
            + $"count {all.Count} more {more} @{Now}";
    }

    public string Events(long from) => from < _compacted ? "compacted" : string.Join('\n', _all
        .Select((v, at) => (v, at))
        .Where(e => e.v.Mod >= from)
        .Select(e => (e.v.Count == 0 ? "DELETE " : "PUT ") + e.v.Line + Was(e.v, e.at)));

    private string Was(Version version, int at)
    {
        Version? before = _all.Take(at).LastOrDefault(v => v.Key == version.Key);
        return before is null || before.Count == 0 ? "" : $" was {before.Line}";
    }

    private List<Version> At(long revision, string key, string end)
    {
        var found = new List<Version>();
        foreach (string each in _all.Select(v => v.Key).Distinct().Order(StringComparer.Ordinal))
        {
            bool inside = end.Length == 0
                ? each == key
                : string.CompareOrdinal(each, key) >= 0 && (end == "\0" || string.CompareOrdinal(each, end) < 0);
            Version? last = inside ? _all.LastOrDefault(v => v.Key == each && v.Mod <= revision) : null;
            if (last is { Count: > 0 })
            {
                found.Add(last);
            }
        }
        return found;
    }

    private Version? Present(string key) => At(long.MaxValue, key, "").SingleOrDefault();

    private string? Refusal(Operation operation, bool inTxn)
    {
        if (operation is Put put)
        {
            string? key = (put.KeepValue || put.KeepLease) && Present(put.Key) is null ? "KeyNotFound" : null;
            string? lease = put.Lease != 0 && !_leases.ContainsKey(put.Lease) ? "LeaseNotFound" : null;
            return inTxn ? key ?? lease : lease ?? key;
        }
        if (operation is Get get)
        {
            return get.Revision != 0 && get.Revision < _compacted ? "Compacted"
                : get.Revision > _revision ? "FutureRevision"
                : null;
        }
        if (operation is Grant grant)
        {
            return grant.Id == 0 ? "LeaseNotFound"
                : grant.Ttl > 9_000_000_000 ? "LeaseTtlTooLarge"
                : _leases.ContainsKey(grant.Id) ? "LeaseExists"
                : null;
        }
        if (operation is Revoke revoke)
        {
            return _leases.ContainsKey(revoke.Id) ? null : "LeaseNotFound";
        }
        if (operation is CompactAt compact)
        {
            return compact.Revision <= _compacted ? "Compacted"
                : compact.Revision > _revision ? "FutureRevision"
                : null;
        }
        return null;
    }

    private void Ways(Operation operation, Queue<bool> ways)
    {
        if (operation is Txn txn)
        {
            bool holds = txn.If.All(Holds);
            ways.Enqueue(holds);
            foreach (Operation each in holds ? txn.Then : txn.Else)
            {
                Ways(each, ways);
            }
        }
    }

    private string? Refusals(Operation operation, Queue<bool> ways, bool puts)
    {
        if (operation is not Txn txn)
        {
            return null;
        }
        foreach (Operation each in ways.Dequeue() ? txn.Then : txn.Else)
        {
            string? error = each is Txn ? Refusals(each, ways, puts)
                : each is Put == puts ? Refusal(each, inTxn: true)
                : null;
            if (error is not null)
            {
                return error;
            }
        }
        return null;
    }

    private bool Holds(Is comparison)
    {
        List<Version> found = At(long.MaxValue, comparison.Key, comparison.End);
        if (found.Count == 0)
        {
            return comparison.Target != ComparisonTarget.Value && Holds(comparison, new Version("", "", 0, 0, 0, 0));
        }
        return found.All(v => Holds(comparison, v));
    }

    private static bool Holds(Is comparison, Version version)
    {
        int order = comparison.Target switch
        {
            ComparisonTarget.Version => version.Count.CompareTo(comparison.Number),
            ComparisonTarget.CreateRevision => version.Create.CompareTo(comparison.Number),
            ComparisonTarget.ModRevision => version.Mod.CompareTo(comparison.Number),
            ComparisonTarget.Lease => version.Lease.CompareTo(comparison.Number),
            _ => string.CompareOrdinal(version.Value, comparison.Value),
        };
        return comparison.Result switch
        {
            ComparisonResult.Equal => order == 0,
            ComparisonResult.Greater => order > 0,
            ComparisonResult.Less => order < 0,
            _ => order != 0,
        };
    }

    private string Do(Operation operation, Queue<bool> ways)
    {
        switch (operation)
        {
            case Put put:
                Version? before = Present(put.Key);
                _all.Add(new Version(
                    put.Key,
                    put.KeepValue ? before?.Value ?? "" : put.Value,
                    before?.Create ?? _revision + 1,
                    _revision + 1,
                    (before?.Count ?? 0) + 1,
                    put.KeepLease ? before?.Lease ?? 0 : put.Lease));
                return $"put {(put.Prev ? before?.Line ?? "-" : "-")} @{Now}";
            case Delete delete:
                List<Version> gone = At(long.MaxValue, delete.Key, delete.End);
                _all.AddRange(gone.Select(v => new Version(v.Key, "", 0, _revision + 1, 0, 0)));
                return $"deleted {gone.Count} [{string.Concat(delete.Prev ? gone.Select(v => v.Line) : [])}] @{Now}";
            case Get get:
                return Read(get);
            case Txn txn:
                bool holds = ways.Dequeue();
                string answers = string.Join("; ", (holds ? txn.Then : txn.Else).Select(each => Do(each, ways)).ToList());
                return $"txn {holds} ({answers}) @{Now}";
            case CompactAt compact:
                _compacted = compact.Revision;
                return $"compacted @{_revision}";
            case Grant grant:
                long ttl = Math.Max(2, grant.Ttl);
                _leases[grant.Id] = (ttl, Seconds + (ulong)ttl);
                return $"granted {grant.Id} {ttl} @{_revision}";
            case Revoke revoke:
                End(revoke.Id);
                return $"revoked @{Now}";
            case Renew renew:
                return $"renewed {string.Join(' ', renew.Ids.Select(RenewOne).ToList())} @{_revision}";
            case Expire expire:
                List<long> over = _leases.OrderBy(lease => (lease.Value.Until, lease.Key))
                    .Where(lease => lease.Value.Until <= Seconds && lease.Value.Until <= expire.Seconds)
                    .Select(lease => lease.Key).ToList();
                foreach (long id in over)
                {
                    End(id);
                    _revision = Now;
                    _committed = _all.Count;
                }
                return $"expired {over.Count} @{_revision}";
            default:
                throw new InvalidOperationException();
        }
    }

    private long RenewOne(long id)
    {
        if (!_leases.TryGetValue(id, out (long Ttl, ulong Until) lease) || lease.Until <= Seconds)
        {
            return 0;
        }
        _leases[id] = lease with { Until = Seconds + (ulong)lease.Ttl };
        return lease.Ttl;
    }

    private void End(long id)
    {
        foreach (string key in KeysOf(id).ToList())
        {
            Do(new Delete(key), []);
        }
        _leases.Remove(id);
    }
}
