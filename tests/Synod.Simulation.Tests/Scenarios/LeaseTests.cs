using System.Buffers;
using Synod.Node;
using Synod.Ports;
using Synod.Store;

namespace Synod.Simulation.Tests;

/// <summary>
/// Leases while leaders die, sleep and come back, in clusters that do nothing else: never early, late by at most what the
/// leaders in between lost of store time and the time without one.
/// </summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);

    /// <summary>Clocks drift: what is exact on the leader's is this far from exact on the world's.</summary>
    private static readonly TimeSpan Drift = Ttl * 0.001;

    /// <summary>What a decree takes from being due to having been applied everywhere.</summary>
    private static readonly TimeSpan Choosing = TimeSpan.FromMilliseconds(300);

    /// <summary>What one change of leader may add: store time that no decree carried, and the time without a leader.</summary>
    private static readonly TimeSpan PerChange = TimeSpan.FromSeconds(1) + (Scenario.ElectionTimeout * 2);

    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5, 6];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_idle_cluster_ends_a_lease_on_every_node_in_time(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        Grant(world, Scenario.FollowersOf(world)[0]);
        EndsWithin(world, Ttl - Drift, Ttl + Choosing);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_killed_leader_neither_shortens_a_lease_nor_begins_it_anew(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        Grant(world, Scenario.FollowersOf(world)[0]);
        world.Run(Ttl * 0.7);
        Scenario.LeaderOf(world).Kill();
        EndsWithin(world, Ttl * 0.3 - Drift, Ttl * 0.3 + PerChange + Choosing);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Three_changes_of_leader_add_little_each(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        Grant(world, Scenario.FollowersOf(world)[0]);
        for (var change = 0; change < 3; change++)
        {
            world.Run(Ttl * 0.2);
            var killed = Scenario.LeaderOf(world);
            killed.Kill();
            world.Until(Scenario.ElectionTimeout * 2, () => world.Leader() is { } leader && leader != killed);
            killed.Boot();
        }
        var passed = Ttl * 0.6;
        EndsWithin(world, TimeSpan.Zero, Ttl - passed + (PerChange * 3) + Choosing);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_leader_that_sleeps_past_the_deadline_does_no_harm_when_it_wakes(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        var follower = Scenario.FollowersOf(world)[0];
        Grant(world, follower);
        var sleeper = Scenario.LeaderOf(world);
        sleeper.Pause();
        world.Run(Ttl * 0.5);
        // Renewed under the new leader: the sleeper, who knows only the old deadline, must not end it.
        Assert.Equal(10, Renew(world, follower));
        world.Run(Ttl * 0.7);
        sleeper.Resume();
        world.Run(Ttl * 0.1);
        Assert.All(world.Machines, machine => Assert.Equal(1, StoreOf(machine).LeaseCount));
        EndsWithin(world, TimeSpan.Zero, Ttl * 0.2 + PerChange + Choosing);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_lease_that_is_renewed_lives_through_any_number_of_leaders(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        Grant(world, world.Machines[0]);
        for (var round = 0; round < 6; round++)
        {
            var victim = world.Machines[round % 3];
            victim.Kill();
            world.Run(Ttl * 0.3);
            Assert.Equal(10, Renew(world, world.Machines[(round + 1) % 3]));
            victim.Boot();
            world.Run(Ttl * 0.2);
        }
        EndsWithin(world, TimeSpan.Zero, Ttl + Choosing);
        Scenario.AssertGoodEnd(world);
    }

    [Fact]
    public void Without_leases_an_idle_cluster_writes_nothing_and_with_one_a_decree_a_second()
    {
        var world = Scenario.Formed(3, 1);
        world.Run(TimeSpan.FromSeconds(2));
        var before = ChosenUpTo(world);
        world.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(before, ChosenUpTo(world));
        Grant(world, world.Machines[0]);
        before = ChosenUpTo(world);
        world.Run(TimeSpan.FromSeconds(5));
        Assert.InRange(ChosenUpTo(world) - before, 3UL, 6UL);
    }

    [Fact]
    public void Thousands_of_leases_that_end_at_once_need_no_more_time_than_one()
    {
        const int Decrees = 5;
        var world = Scenario.Formed(3, 1, options => options with { OutstandingMax = 32_000 });
        var requests = new Request[Decrees * LeaseLimits.ExpiriesPerCommandMax];
        for (var i = 0; i < requests.Length; i++)
        {
            requests[i] = new Request(Command(writer => writer.LeaseGrant(new LeaseGrant(i + 1, (long)Ttl.TotalSeconds))));
            world.Machines[0].Life!.Node!.Submit(requests[i]);
        }
        Assert.True(world.Until(Ttl / 2, () => requests.All(request => request.Ended)), world.Describe());
        Assert.All(requests, request => Assert.IsType<LeaseGrantOutcome>(request.Outcome));
        EndsWithin(world, TimeSpan.Zero, Ttl + (Choosing * 2));
        Scenario.AssertGoodEnd(world);
    }

    private static ulong ChosenUpTo(World world) => Scenario.LeaderOf(world).Life!.Node!.Status.ChosenUpTo.Number;

    private static OrderedStore StoreOf(Machine machine) => machine.Life!.Node!.State.Store;

    private static void EndsWithin(World world, TimeSpan least, TimeSpan most)
    {
        var began = world.Scheduler.Now;
        var ended = world.Until(most, () => world.Machines.Where(m => m.IsWell).All(m => StoreOf(m).LeaseCount == 0));
        var took = world.Scheduler.Now - began;
        Assert.True(ended, $"the lease lives after {took}: {world.Describe()}");
        Assert.True(took >= least, $"the lease ended after {took}, before {least}");
    }

    private static void Grant(World world, Machine machine)
    {
        var outcome = Write(world, machine, static writer => writer.LeaseGrant(new LeaseGrant(7, (long)Ttl.TotalSeconds)));
        Assert.IsType<LeaseGrantOutcome>(outcome);
    }

    private static long Renew(World world, Machine machine) =>
        ((LeaseRenewOutcome)Write(world, machine, static writer => writer.LeaseRenew([7]))).TtlSeconds[0];

    private static Outcome Write(World world, Machine machine, Action<CommandWriterBox> write)
    {
        var request = new Request(Command(write));
        machine.Life!.Node!.Submit(request);
        Assert.True(world.Until(Scenario.ElectionTimeout * 3, () => request.Ended), world.Describe());
        return request.Outcome ?? throw new InvalidOperationException($"The write failed: {request.Failure}.");
    }

    private static byte[] Command(Action<CommandWriterBox> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new CommandWriterBox(output));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A delegate cannot take the writer itself, which is a reference struct, by a generic argument.</summary>
    private readonly record struct CommandWriterBox(ArrayBufferWriter<byte> Output)
    {
        public void LeaseGrant(LeaseGrant grant) => Writer().LeaseGrant(grant);

        public void LeaseRenew(ReadOnlySpan<long> ids) => Writer().LeaseRenew(ids);

        private CommandWriter Writer()
        {
            var writer = new CommandWriter(Output);
            writer.Begin();
            return writer;
        }
    }

    private sealed class Request(byte[] command) : WriteRequest(command)
    {
        public bool Ended { get; private set; }

        public Outcome? Outcome { get; private set; }

        public Failure Failure { get; private set; }

        public override void Applied(Outcome outcome, OrderedStore store)
        {
            Outcome = outcome;
            Ended = true;
        }

        public override void Fail(Failure failure)
        {
            Failure = failure;
            Ended = true;
        }
    }
}
