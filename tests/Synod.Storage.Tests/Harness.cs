using Synod.Paxos;
using Synod.Ports;
using Synod.Simulation;
using Synod.Storage.Recovery;

namespace Synod.Storage.Tests;

/// <summary>A host that remembers all that recovery shows it.</summary>
internal sealed class RecordingHost : IRecordVisitor
{
    internal List<(JournalRecord Record, byte[] Payload)> Records { get; } = [];

    internal byte[]? Carry { get; private set; }

    internal byte[] NextCarry { get; set; } = [0xCA, 0x88];

    public void VisitCarry(ReadOnlySpan<byte> carry)
    {
        Assert.Empty(Records);
        Carry = carry.ToArray();
    }

    public void Visit(in JournalRecord record, ReadOnlySpan<byte> payload) => Records.Add((record, payload.ToArray()));

    public ReadOnlyMemory<byte> BuildCarry() => NextCarry;
}

/// <summary>A journal over a simulated disk, with a core that posts records and notes what it is told.</summary>
internal sealed class World
{
    internal static readonly JournalOptions Tiny = new()
    {
        Identity = new DataIdentity(7),
        SegmentBytes = 4096,
        AlignmentBytes = 512,
        BatchBytesMax = 2048,
        WriteBytesMax = 2048,
        CarryBytesMax = 256,
        BatchesWaitingMax = 8,
    };

    internal World(SimulatedMedium medium, JournalOptions? options = null, int eventsMax = 1000)
    {
        Medium = medium;
        Options = options ?? Tiny;
        Disk = medium.Open();
        Mailboxes = new JournalMailboxes(Options, () => { }, new Mailbox<JournalEvent>(eventsMax, () => { }));
    }

    internal SimulatedMedium Medium { get; }

    internal JournalOptions Options { get; }

    internal SimulatedDisk Disk { get; }

    internal JournalMailboxes Mailboxes { get; }

    internal RecordingHost Host { get; } = new();

    internal Journal Journal { get; private set; } = null!;

    internal Instant Now { get; set; } = new(1_000_000_000);

    internal ulong LastNumber { get; set; }

    internal ulong Persisted { get; private set; }

    internal List<JournalEvent> Events { get; } = [];

    internal string? Fault { get; private set; }

    internal static SimulatedMedium NewMedium(ulong seed = 1)
    {
        var state = seed;
        return new SimulatedMedium(() =>
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return state;
        });
    }

    internal static World Opened(SimulatedMedium medium, JournalOptions? options = null)
    {
        var world = new World(medium, options);
        world.Open();
        return world;
    }

    internal void Open()
    {
        var opening = new JournalOpening(Disk, Options, Host);
        while (!opening.Step())
        {
            Assert.True(Disk.CompleteOne(), "recovery waits for a disk that has nothing to do");
        }
        Adopt(opening);
    }

    internal void Adopt(JournalOpening opening)
    {
        Journal = new Journal(opening, Disk, Options, Mailboxes);
        LastNumber = opening.Report!.LastNumber;
        Persisted = LastNumber;
    }

    internal static byte[] PayloadOf(ulong number, int length = 20)
    {
        var payload = new byte[length];
        for (var i = 0; i < length; i++)
        {
            payload[i] = (byte)(number * 31 + (ulong)i);
        }
        return payload;
    }

    /// <summary>Posts one batch of so many records; keys are the numbers.</summary>
    internal void Post(int records = 1, int length = 20)
    {
        var batch = Mailboxes.Rent();
        for (var i = 0; i < records; i++)
        {
            LastNumber++;
            batch.Add(LastNumber, 0, 1, 5, LastNumber, PayloadOf(LastNumber, length));
        }
        Assert.True(Mailboxes.Batches.TryPost(batch));
    }

    internal Instant Turn()
    {
        var next = Journal.Turn(Now);
        TakeEvents();
        return next;
    }

    internal void TakeEvents()
    {
        while (Mailboxes.Events.TryTake(out var e))
        {
            Events.Add(e);
            if (e.Kind == JournalEventKind.Persisted)
            {
                Assert.True(e.UpTo > Persisted);
                Assert.True(e.UpTo <= LastNumber);
                Assert.Null(Fault);
                Persisted = e.UpTo;
            }
            Fault = e.Kind == JournalEventKind.Fault ? e.Text : Fault;
        }
    }

    /// <summary>Turns until the journal is idle and its mark is written.</summary>
    internal void Settle()
    {
        for (var i = 0; i < 100; i++)
        {
            Turn();
            while (Disk.CompleteOne())
            {
                Turn();
            }
            Now += TimeSpan.FromMilliseconds(20);
        }
    }

    /// <summary>What was recovered is what was posted: consecutive from 1, each with its own bytes.</summary>
    internal void AssertRecovered(ulong atLeast, ulong atMost)
    {
        var expected = 1UL;
        foreach (var (record, payload) in Host.Records)
        {
            Assert.Equal(expected, record.Number);
            Assert.Equal(PayloadOf(expected, payload.Length), payload);
            Assert.Equal(new JournalRecord(expected, 0, 1, 5, expected), record);
            expected++;
        }
        Assert.InRange(expected - 1, atLeast, atMost);
    }
}
