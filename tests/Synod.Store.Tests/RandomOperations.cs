namespace Synod.Store.Tests;

/// <summary>Operations drawn from a seed, over a small set of keys chosen to be hard to tell apart.</summary>
internal sealed class RandomOperations(int seed, int keyCount)
{
    private static readonly string[] Prefixes = ["", "a", "a\0", "/registry/pods/", "/registry/pods/\xff", "k\0\0\0\0\0\0\0\0"];
    private readonly Random _random = new(seed);

    public long RevisionNow { get; set; } = 1;

    public ulong SecondsNow { get; private set; }

    /// <summary>Lets time pass, mostly a little.</summary>
    public ulong Tick() => SecondsNow += (ulong)(_random.Next(3) == 0 ? _random.Next(4) : 0);

    public Operation Next()
    {
        int kind = _random.Next(100);
        return kind < 45 ? Put()
            : kind < 55 ? Delete()
            : kind < 63 ? Lease()
            : kind < 98 ? Txn(2)
            : new CompactAt(Revision());
    }

    public Get Get()
    {
        bool plain = _random.Next(3) == 0;
        return new Get(Key(), End())
        {
            Limit = _random.Next(3) == 0 ? _random.Next(-1, 6) : 0,
            Revision = _random.Next(2) == 0 ? 0 : Revision(),
            Order = plain ? SortOrder.None : (SortOrder)_random.Next(3),
            Target = plain ? SortTarget.Key : (SortTarget)_random.Next(5),
            KeysOnly = _random.Next(4) == 0,
            CountOnly = _random.Next(5) == 0,
            MinMod = Filter(),
            MaxMod = Filter(),
            MinCreate = Filter(),
            MaxCreate = Filter(),
        };
    }

    public long Revision() => _random.Next(20) == 0
        ? _random.NextInt64(-2, RevisionNow + 3)
        : RevisionNow - _random.NextInt64(0, Math.Min(RevisionNow, 30));

    private Put Put()
    {
        bool keepsValue = _random.Next(8) == 0;
        bool keepsLease = _random.Next(8) == 0;
        return new Put(
            Key(),
            keepsValue ? "" : Value(),
            !keepsLease && _random.Next(3) == 0 ? LeaseId() : 0,
            _random.Next(3) == 0,
            keepsValue,
            keepsLease);
    }

    private Operation Lease() => _random.Next(6) switch
    {
        0 or 1 => new Grant(_random.Next(20) == 0 ? 0 : LeaseId(), _random.Next(20) == 0 ? 9_000_000_001 : _random.Next(-1, 40)),
        2 => new Revoke(LeaseId()),
        3 => new Expire(SecondsNow - (ulong)_random.NextInt64(0, (long)Math.Min(SecondsNow, 5))),
        _ => new Renew(Several(3, LeaseId)),
    };

    private long LeaseId() => _random.Next(6) switch
    {
        0 => long.MinValue,
        1 => 1L << 40,
        2 => -1,
        var small => small,
    };

    private Delete Delete() => new(Key(), _random.Next(2) == 0 ? "" : End(), _random.Next(2) == 0);

    private Txn Txn(int depth) => new(
        Several(2, Comparison), Several(4, () => Inner(depth)), Several(4, () => Inner(depth)));

    private Operation Inner(int depth)
    {
        int kind = _random.Next(10);
        return kind < 4 ? Put()
            : kind < 6 ? Delete()
            : kind < 8 || depth == 0 ? Get()
            : Txn(depth - 1);
    }

    private Is Comparison()
    {
        var target = (ComparisonTarget)_random.Next(5);
        long number = target is ComparisonTarget.Version or ComparisonTarget.Lease ? _random.Next(3) : Revision();
        return new Is(
            Key(), target, (ComparisonResult)_random.Next(4), number, Value(), _random.Next(3) == 0 ? End() : "");
    }

    private T[] Several<T>(int most, Func<T> one) => Enumerable.Range(0, _random.Next(most + 1)).Select(_ => one()).ToArray();

    private string Key()
    {
        int number = _random.Next(keyCount);
        string prefix = Prefixes[number % Prefixes.Length];
        int rest = number / Prefixes.Length;
        return prefix.Length + rest == 0 ? "\0" : prefix + (rest == 0 ? "" : new string((char)('a' + (rest % 3)), 1 + (rest % 5)) + rest);
    }

    private string End() => _random.Next(4) switch
    {
        0 => "\0",
        1 => "",
        _ => Key(),
    };

    private string Value() => new((char)_random.Next(256), _random.Next(12) == 0 ? _random.Next(400) : _random.Next(4));

    private long Filter() => _random.Next(6) == 0 ? Revision() : 0;
}
