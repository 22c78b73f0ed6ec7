using System.Buffers;

namespace Synod.Store.Tests;

/// <summary>Leases as etcd's users know them.</summary>
public class LeaseTests
{
    private readonly TestStore _store = new();

    [Fact]
    public void A_put_on_a_lease_that_is_not_there_is_refused_and_changes_nothing()
    {
        Assert.Equal("error LeaseNotFound @1", _store.Answer(new Put("a", "1", 7)));
        Assert.Equal("error LeaseNotFound @1", _store.Answer(new Txn(new Put("b"), new Put("a", "1", 7))));
        Assert.Equal("", _store.Keys());
    }

    [Fact]
    public void A_grant_takes_no_revision_and_gives_at_least_the_shortest_time()
    {
        Assert.Equal("granted 7 2 @1", _store.Answer(new Grant(7, 0)));
        Assert.Equal("granted 8 10 @1", _store.Answer(new Grant(8, 10)));
        Assert.Equal("granted 9 9000000000 @1", _store.Answer(new Grant(9, LeaseLimits.TtlSecondsMax)));
        Assert.Equal("error LeaseTtlTooLarge @1", _store.Answer(new Grant(10, LeaseLimits.TtlSecondsMax + 1)));
        Assert.Equal("error LeaseExists @1", _store.Answer(new Grant(7, 5)));
    }

    [Fact]
    public void A_revoke_deletes_all_keys_in_key_order_at_one_revision()
    {
        _store.Run(new Grant(7, 10));
        _store.Run(new Put("b", "", 7));
        _store.Run(new Put("c", "", 7));
        _store.Run(new Put("a", "", 7));
        _store.Run(new Put("other"));
        Assert.Equal("revoked @6", _store.Answer(new Revoke(7)));
        Assert.Equal("other", _store.Keys());
        Assert.Equal(
            ["DELETE <a= c0 m6 v0 l0>", "DELETE <b= c0 m6 v0 l0>", "DELETE <c= c0 m6 v0 l0>"],
            _store.Events(6).Split('\n').Select(line => line[..line.IndexOf(" was", StringComparison.Ordinal)]));
        Assert.Equal("error LeaseNotFound @6", _store.Answer(new Revoke(7)));
    }

    [Fact]
    public void A_revoke_without_keys_takes_no_revision()
    {
        _store.Run(new Grant(7, 10));
        Assert.Equal("revoked @1", _store.Answer(new Revoke(7)));
    }

    [Fact]
    public void A_put_without_a_lease_detaches_and_one_that_keeps_it_does_not()
    {
        _store.Run(new Grant(7, 10));
        _store.Run(new Grant(8, 10));
        _store.Run(new Put("detached", "", 7));
        _store.Run(new Put("detached"));
        _store.Run(new Put("kept", "", 7));
        _store.Run(new Put("kept", "new", KeepLease: true));
        _store.Run(new Put("moved", "", 7));
        _store.Run(new Put("moved", "", 8));
        _store.Run(new Put("deleted", "", 7));
        _store.Run(new Delete("deleted"));
        _store.Run(new Put("deleted"));
        Assert.Equal("7 10 10 [kept]\n8 10 10 [moved]", _store.Leases());
        _store.Run(new Revoke(7));
        Assert.Equal("deleted detached moved", _store.Keys());
    }

    [Fact]
    public void A_transaction_attaches_and_detaches_like_single_puts()
    {
        _store.Run(new Grant(7, 10));
        _store.Run(new Put("a", "", 7));
        _store.Run(new Txn(new Put("b", "", 7), new Put("a"), new Put("c", "", 7)));
        Assert.Equal("7 10 10 [b c]", _store.Leases());
    }

    [Fact]
    public void A_lease_ends_at_its_deadline_in_store_time_and_never_before()
    {
        _store.Seconds = 100;
        _store.Run(new Grant(7, 10));
        _store.Run(new Put("a", "", 7));
        _store.Seconds = 109;
        Assert.Equal("expired 0 @2", _store.Answer(new Expire(110)));
        Assert.Equal("a", _store.Keys());
        _store.Seconds = 110;
        Assert.Equal("expired 1 @3", _store.Answer(new Expire(110)));
        Assert.Equal("", _store.Keys());
    }

    [Fact]
    public void An_expiry_that_was_proposed_before_a_renewal_ends_nothing()
    {
        _store.Run(new Grant(7, 10));
        _store.Run(new Put("a", "", 7));
        _store.Seconds = 9;
        Assert.Equal("renewed 10 @2", _store.Answer(new Renew(7)));
        _store.Seconds = 30;
        Assert.Equal("expired 0 @2", _store.Answer(new Expire(10)));
        Assert.Equal("expired 1 @3", _store.Answer(new Expire(19)));
    }

    [Fact]
    public void A_renewal_after_the_deadline_comes_too_late_even_if_nobody_has_said_so_yet()
    {
        _store.Run(new Grant(7, 10));
        _store.Seconds = 10;
        Assert.Equal("renewed 0 0 @1", _store.Answer(new Renew(7, 8)));
        Assert.False(_store.Store.TryGetLease(7, out _));
        Assert.Equal("expired 1 @1", _store.Answer(new Expire(10)));
    }

    [Fact]
    public void Each_lease_ends_at_a_revision_of_its_own_in_order_of_deadlines()
    {
        _store.Run(new Grant(8, 5));
        _store.Run(new Grant(7, 5));
        _store.Run(new Grant(1, 6));
        _store.Run(new Txn(new Put("x", "", 1), new Put("y", "", 8), new Put("z", "", 7)));
        _store.Seconds = 6;
        Assert.Equal("expired 3 @5", _store.Answer(new Expire(6)));
        Assert.Equal("x", _store.Keys(revision: 4));
        Assert.Equal("x y", _store.Keys(revision: 3));
    }

    [Fact]
    public void One_decree_ends_a_bounded_number_of_leases()
    {
        int count = LeaseLimits.ExpiriesPerCommandMax + 1;
        for (int id = 1; id <= count; id++)
        {
            _store.Run(new Grant(id, 5));
        }
        _store.Seconds = 5;
        Assert.Equal(5_000_000UL, _store.Store.NextDeadline);
        Assert.Equal($"expired {LeaseLimits.ExpiriesPerCommandMax} @1", _store.Answer(new Expire(5)));
        Assert.Equal("expired 1 @1", _store.Answer(new Expire(5)));
        Assert.Equal(ulong.MaxValue, _store.Store.NextDeadline);
    }

    [Fact]
    public void A_read_counts_the_time_that_has_passed_since_the_last_command()
    {
        _store.Run(new Grant(7, 10));
        _store.Store.TimePassed(2_500_000);
        Assert.True(_store.Store.TryGetLease(7, out LeaseView lease));
        Assert.Equal(new LeaseView(7, 10, 7_500_000, 0), lease);
        _store.Store.TimePassed(10_000_000);
        Assert.False(_store.Store.TryGetLease(7, out _));
    }

    [Fact]
    public void Every_renewal_and_every_end_shows_in_the_effect_sum()
    {
        ulong last = _store.Store.EffectSum;
        foreach (Operation operation in new Operation[] { new Grant(7, 10), new Renew(7), new Revoke(7) })
        {
            _store.Seconds++;
            _store.Run(operation);
            Assert.NotEqual(last, _store.Store.EffectSum);
            last = _store.Store.EffectSum;
        }
        _store.Run(new Renew(7));
        Assert.Equal(last, _store.Store.EffectSum);
    }

    [Fact]
    public void Too_many_renewals_in_one_command_are_refused()
    {
        var ids = new long[LeaseLimits.RenewalsPerCommandMax + 1];
        Assert.Equal("error TooManyLeases @1", _store.Answer(new Renew(ids)));
        Assert.StartsWith("renewed 0 0", _store.Answer(new Renew(ids[1..])), StringComparison.Ordinal);
    }

    [Fact]
    public void Leases_come_back_out_of_a_snapshot_and_keys_find_them_again()
    {
        var space = new KeySpace();
        space.Leases.Add(7, 10, 123);
        space.Leases.Add(long.MinValue, 20, 456);
        var bytes = new ArrayBufferWriter<byte>();
        space.Leases.WriteTo(bytes);
        var restored = new KeySpace();
        Assert.True(restored.Leases.ReadFrom(bytes.WrittenSpan));
        Assert.Equal(2, restored.Leases.Count);
        Assert.Equal(123UL, restored.Leases[restored.Leases.First].Deadline);
        Assert.Equal(20, restored.Leases[restored.Leases.Find(long.MinValue)].TtlSeconds);
        restored.Begin();
        restored.Put("k"u8, "v"u8, 7);
        restored.Commit();
        Assert.Equal(1, restored.Leases[restored.Leases.Find(7)].Keys);
        Assert.False(restored.Leases.ReadFrom(bytes.WrittenSpan)); // Twice the same id.
        Assert.False(new KeySpace().Leases.ReadFrom(bytes.WrittenSpan[1..]));
    }
}
