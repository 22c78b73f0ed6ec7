using Synod.Paxos;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>
/// A client that takes a lease, hangs keys on it, renews it for a while, and then gives it back or falls silent; and
/// then takes another, on which it may hang the same keys while the first still lives.
/// </summary>
internal sealed class LeaseHolder(World world, int number, Chance chance) : SideClient(world, chance)
{
    private readonly byte[][] _keys = [.. Enumerable.Range(0, 3).Select(i => KeyCode.LeasedKey(number, i))];
    private long _lease;
    private long _ttl;
    private int _putsLeft;
    private int _renewalsLeft;
    private bool _revokes;

    protected override void Act()
    {
        if (AnyLife() is not { } life)
        {
            Later(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100));
        }
        else if (_lease == 0)
        {
            Grant(life);
        }
        else if (_putsLeft > 0)
        {
            Put(life);
        }
        else if (_renewalsLeft > 0)
        {
            Renew(life);
        }
        else if (_revokes)
        {
            Revoke(life);
        }
        else
        {
            _lease = 0; // From now on it is silent.
            Soon();
        }
    }

    private void Soon() => Later(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(120));

    private void Grant(Life life)
    {
        var id = Judges.Leases.NextId();
        var ttl = Chance.Between(1, 4);
        var called = World.Scheduler.Now;
        Write(life, writer => writer.LeaseGrant(new LeaseGrant(id, ttl)), (outcome, store) =>
        {
            if (outcome is LeaseGrantOutcome granted)
            {
                Judges.Leases.Alive(id, granted.TtlSeconds, called, store!.StoreTimeMicroseconds);
                _lease = id;
                _ttl = granted.TtlSeconds;
                _putsLeft = Chance.Between(0, 3);
                _renewalsLeft = Chance.OneIn(3) ? 0 : Chance.Between(1, 6);
                _revokes = Chance.OneIn(3);
            }
            else if (outcome is not null)
            {
                Judges.Verdicts.Add("leases", $"lease {id} was refused: {Text(outcome)}");
            }
            Soon();
        });
    }

    private void Put(Life life)
    {
        _putsLeft--;
        var id = Chance.OneIn(8) ? 0 : _lease; // Without a lease it lives on.
        var key = Chance.Pick(_keys);
        var value = ClientWrite.BytesOf(Judges.Leases.NextValue());
        Write(life, writer => writer.Put(new PutOperation { Key = key, Value = value, Lease = id }), (outcome, store) =>
        {
            if (outcome is ErrorOutcome { Error: StoreError.LeaseNotFound })
            {
                Judges.Leases.FoundGone(id, store!.StoreTimeMicroseconds);
                _lease = 0;
            }
            Soon();
        });
    }

    private void Renew(Life life)
    {
        _renewalsLeft--;
        var id = _lease;
        var called = World.Scheduler.Now;
        Write(life, writer => writer.LeaseRenew([id]), (outcome, store) =>
        {
            var ttl = (outcome as LeaseRenewOutcome)?.TtlSeconds[0] ?? -1;
            if (ttl > 0)
            {
                Judges.Leases.Alive(id, ttl, called, store!.StoreTimeMicroseconds);
            }
            else if (ttl == 0)
            {
                Judges.Leases.FoundGone(id, store!.StoreTimeMicroseconds);
                _lease = 0;
            }
            var third = TimeSpan.FromSeconds(_ttl / 3.0);
            Later(third * 0.5, third);
        });
    }

    private void Revoke(Life life)
    {
        var id = _lease;
        _lease = 0;
        Judges.Leases.RevokeAsked(id);
        Write(life, writer => writer.LeaseRevoke(id), (_, _) => Soon());
    }

    private static string Text(StoreOutcome outcome) =>
        outcome is ErrorOutcome e ? e.Error.ToString() : outcome.GetType().Name;
}
