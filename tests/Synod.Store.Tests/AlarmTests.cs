namespace Synod.Store.Tests;

/// <summary>Alarms that commands raise and clear, and what is refused while they stand.</summary>
public class AlarmTests
{
    private readonly TestStore _store = new();

    [Fact]
    public void An_alarm_is_raised_once_and_cleared_once_and_takes_no_revision()
    {
        Assert.Equal("alarms [7:NoSpace] @1", _store.Answer(new Raise(7, AlarmKind.NoSpace)));
        ulong sum = _store.Store.EffectSum;
        Assert.Equal("alarms [7:NoSpace] @1", _store.Answer(new Raise(7, AlarmKind.NoSpace)));
        Assert.Equal(sum, _store.Store.EffectSum);
        Assert.Equal("alarms [3:Corrupt] @1", _store.Answer(new Raise(3, AlarmKind.Corrupt)));
        Assert.Equal("alarms [3:NoSpace] @1", _store.Answer(new Raise(3, AlarmKind.NoSpace)));
        Assert.Equal(
            [new Alarm(3, AlarmKind.NoSpace), new Alarm(7, AlarmKind.NoSpace), new Alarm(3, AlarmKind.Corrupt)],
            _store.Store.Alarms);
        Assert.Equal("alarms [3:NoSpace] @1", _store.Answer(new Clear(3, AlarmKind.NoSpace)));
        Assert.Equal("alarms [] @1", _store.Answer(new Clear(3, AlarmKind.NoSpace)));
        Assert.Equal("alarms [3:Corrupt] @1", _store.Answer(new Clear(3, AlarmKind.Corrupt)));
        Assert.Equal([new Alarm(7, AlarmKind.NoSpace)], _store.Store.Alarms);
    }

    [Fact]
    public void Every_change_of_the_alarms_changes_the_effect_sum()
    {
        var sums = new SortedSet<ulong> { _store.Store.EffectSum };
        foreach (Operation step in (Operation[])[
            new Raise(1, AlarmKind.NoSpace), new Raise(2, AlarmKind.NoSpace), new Raise(1, AlarmKind.Corrupt),
            new Clear(1, AlarmKind.NoSpace), new Clear(1, AlarmKind.Corrupt)])
        {
            _store.Run(step);
            Assert.True(sums.Add(_store.Store.EffectSum));
        }
    }

    [Fact]
    public void Without_space_what_takes_some_is_refused_and_what_gives_some_back_is_not()
    {
        _store.Run(new Grant(5, 60));
        _store.Run(new Grant(6, 60));
        _store.Run(new Put("a", "1", 5));
        _store.Run(new Put("b", "1"));
        _store.Run(new Raise(1, AlarmKind.NoSpace));
        Assert.Equal("error NoSpace @3", _store.Answer(new Put("a", "2")));
        Assert.Equal("error NoSpace @3", _store.Answer(new Grant(9, 60)));
        Assert.Equal("error NoSpace @3", _store.Answer(new Txn(new Put("a", "2"))));
        Assert.Equal("error NoSpace @3", _store.Answer(new Txn([], [], [new Put("a", "2")])));
        Assert.Equal("error NoSpace @3", _store.Answer(new Txn(new Delete("a"), new Txn(new Txn(new Put("c", "2"))))));
        Assert.Equal("renewed 60 @3", _store.Answer(new Renew(5)));
        Assert.Equal("txn True (deleted 1 [] @4) @4", _store.Answer(new Txn([], [new Delete("b")], [new Get("a")])));
        Assert.Equal("revoked @4", _store.Answer(new Revoke(6)));
        Assert.Equal("deleted 1 [] @5", _store.Answer(new Delete("a")));
        Assert.Equal("compacted @5", _store.Answer(new CompactAt(5)));
        _store.Run(new Clear(1, AlarmKind.NoSpace));
        Assert.Equal("put - @6", _store.Answer(new Put("a", "2")));
    }

    [Fact]
    public void With_a_state_not_to_be_trusted_nothing_changes_and_reads_go_on()
    {
        _store.Run(new Grant(5, 60));
        _store.Run(new Put("a", "1", 5));
        _store.Run(new Raise(1, AlarmKind.NoSpace));
        _store.Run(new Raise(1, AlarmKind.Corrupt));
        foreach (Operation change in (Operation[])[
            new Put("a", "2"), new Delete("a"), new Txn(new Delete("a")), new CompactAt(2), new Grant(9, 60), new Revoke(5)])
        {
            Assert.Equal("error Corrupt @2", _store.Answer(change));
        }
        _store.Seconds = 100;
        _store.Run(new Expire(100));
        Assert.Equal("range [<a=1 c2 m2 v1 l5>] count 1 more False @2", _store.Read(new Get("a")));
        _store.Run(new Clear(1, AlarmKind.Corrupt));
        Assert.Equal("error NoSpace @2", _store.Answer(new Put("a", "2")));
        Assert.Equal("expired 1 @3", _store.Answer(new Expire(100)));
    }

    [Fact]
    public void An_unknown_kind_is_refused_and_so_are_too_many()
    {
        Assert.Equal("error UnknownAlarm @1", _store.Answer(new Raise(1, AlarmKind.None)));
        Assert.Equal("error UnknownAlarm @1", _store.Answer(new Clear(1, (AlarmKind)3)));
        for (ulong member = 0; member < AlarmLimits.AlarmsMax; member++)
        {
            _store.Run(new Raise(member, AlarmKind.NoSpace));
        }
        Assert.Equal("error TooManyAlarms @1", _store.Answer(new Raise(ulong.MaxValue, AlarmKind.NoSpace)));
        Assert.Equal("alarms [4:NoSpace] @1", _store.Answer(new Raise(4, AlarmKind.NoSpace)));
        Assert.Equal(AlarmLimits.AlarmsMax, _store.Store.Alarms.Count);
    }

    [Fact]
    public void A_snapshot_holds_the_alarms_and_one_without_is_as_it_always_was()
    {
        _store.Run(new Put("a", "1"));
        List<byte[]> without = SnapshotTests.Slices(_store.Store.OpenCursor(), 1 << 20, () => { });
        Assert.Equal([1, 2, 4], without.Select(slice => slice[0]));
        _store.Run(new Raise(9, AlarmKind.NoSpace));
        _store.Run(new Raise(2, AlarmKind.Corrupt));
        StoreCursor cursor = _store.Store.OpenCursor();
        OrderedStore installed = SnapshotTests.Install(cursor, 1 << 20, () => _store.Run(new Clear(9, AlarmKind.NoSpace)));
        Assert.Equal([new Alarm(9, AlarmKind.NoSpace), new Alarm(2, AlarmKind.Corrupt)], installed.Alarms);
        var copy = new TestStore(installed);
        copy.Run(new Clear(9, AlarmKind.NoSpace));
        Assert.Equal(_store.Store.EffectSum, copy.Store.EffectSum);
        Assert.Equal("error Corrupt @2", copy.Answer(new Put("a", "2")));
    }

    [Theory]
    [InlineData(5, 9, 0, 0, 0, 0, 0, 0, 0, 3)]
    [InlineData(5, 9, 0, 0, 0, 0, 0, 0, 0)]
    [InlineData(6)]
    public void Alarms_in_a_snapshot_that_make_no_sense_are_refused(params int[] slice)
    {
        var installer = new StoreInstaller();
        foreach (byte[] sound in SnapshotTests.Slices(_store.Store.OpenCursor(), 1 << 20, () => { }))
        {
            Assert.Null(installer.Take(sound));
        }
        Assert.NotNull(installer.Take(Array.ConvertAll(slice, part => (byte)part)));
    }
}
