namespace Synod.Store.Tests;

/// <summary>Many leases. Not beside the tests that count what is allocated: collections disturb their counting.</summary>
[Collection(nameof(MemoryTests))]
public class LeaseLoadTests
{
    private readonly TestStore _store = new();

    [Fact]
    public void A_hundred_thousand_leases_are_renewed_and_ended_within_little_memory()
    {
        const int Count = 100_000;
        for (int id = 1; id <= Count; id++)
        {
            _store.Run(new Grant(id * 7919L, 10 + (id % 50)));
            _store.Run(new Put($"key/{id}", "", id * 7919L));
        }
        _store.Seconds = 9;
        for (int id = 1; id <= Count; id += 2)
        {
            _store.Run(new Renew(id * 7919L));
        }
        Assert.Equal(Count, _store.Store.LeaseCount);
        Assert.InRange(_store.Store.Size.Arrays, 1, 2000);
        int ended = 0;
        for (_store.Seconds = 10; _store.Seconds <= 70; _store.Seconds++)
        {
            while (_store.Store.NextDeadline <= _store.Seconds * 1_000_000)
            {
                ended += ((LeaseExpireOutcome)_store.Run(new Expire(_store.Seconds))).Ended;
            }
        }
        Assert.Equal(Count, ended);
        Assert.Equal(0, _store.Store.KeyCount);
    }
}
