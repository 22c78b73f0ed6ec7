using FsCheck;
using FsCheck.Fluent;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Wire.Tests.Messages;

/// <summary>
/// Two replicas live the same random life; one is handed every message itself, the other its bytes. They stay the same in
/// every bit of their state, and want the same done.
/// </summary>
public sealed class WireIsTransparentTests
{
    private const int LivesCount = 400;
    private const int StepsMax = 40;
    private const long FirstStepAt = 1_050_000_000;
    private static readonly TimeSpan StepTakes = TimeSpan.FromMilliseconds(50);
    private static readonly NodeId[] Peers = [new(2), new(3)];

    private static readonly Gen<NodeId> AnyNode = Gen.Choose(1, 3).Select(number => new NodeId((uint)number));
    private static readonly Gen<Slot> AnySlot = Gen.Choose(0, 6).Select(number => new Slot((ulong)number));

    private static readonly Gen<Ballot> AnyBallot =
        from round in Gen.Choose(0, 3)
        from node in AnyNode
        select round == 0 ? Ballot.None : new Ballot((ulong)round, node, 1);

    // The first ballot of the replica itself: most of what a leader is told has it.
    private static readonly Ballot Own = new(1, new NodeId(1), 1);

    private static readonly Gen<Ballot> MostlyOwn = Gen.Frequency((9, Gen.Constant(Own)), (1, AnyBallot));

    // One decree for each slot: two under one ballot would be an alarm at once.
    private static Gen<Action<ReplicaOutput>> MessagesUnder(Gen<Ballot> anyBallot) => Gen.OneOf(
        from ballot in anyBallot from slot in AnySlot select Sent(o => o.Prepares.Add(new Prepare(ballot, slot))),
        from ballot in anyBallot
        from slots in AnySlot.Three()
        from isLast in Gen.Elements(true, false)
        from accepted in anyBallot
        from isChosen in Gen.Elements(true, false)
        select Sent(o => o.Promises.Add(new Promise(
            ballot, slots.Item1, slots.Item2, isLast, slots.Item3,
            [new AcceptedEntry(slots.Item2, accepted, DecreeOf(slots.Item2), isChosen)]))),
        from asked in anyBallot from promised in anyBallot select Sent(o => o.Nacks.Add(new Nack(asked, promised))),
        from ballot in anyBallot
        from slots in AnySlot.Two()
        select Sent(o => o.Accepts.Add(new Accept(ballot, slots.Item1, DecreeOf(slots.Item1), slots.Item2))),
        from ballot in anyBallot
        from slots in AnySlot.Two()
        select Sent(o => o.Accepteds.Add(new Accepted(ballot, slots.Item1, slots.Item2))),
        from ballot in anyBallot from slot in AnySlot select Sent(o => o.Chosens.Add(new Chosen(ballot, slot))),
        from times in Gen.Choose(0, 1_000_000).Three()
        from ballots in anyBallot.Two()
        from flags in Gen.Choose(0, 3)
        from slot in AnySlot
        select Sent(o => o.Heartbeats.Add(new Heartbeat(
            times.Item1, times.Item2, times.Item3, ballots.Item1, ballots.Item2, (flags & 1) != 0, (flags & 2) != 0, slot))),
        from slots in AnySlot.Two() select Sent(o => o.CatchUps.Add(new CatchUp(slots.Item1, slots.Item2))),
        from slot in AnySlot
        from ends in Gen.Elements(true, false)
        select Sent(o => o.Learns.Add(new Learn(slot, DecreeOf(slot), ends))),
        from ballot in anyBallot
        from round in Gen.Choose(0, 3)
        select Sent(o => o.Confirms.Add(new Confirm(ballot, (ulong)round))),
        from ballot in anyBallot
        from round in Gen.Choose(0, 3)
        select Sent(o => o.Confirmeds.Add(new Confirmed(ballot, (ulong)round))),
        from request in Gen.Choose(0, 3)
        from ballot in anyBallot
        from asker in AnyNode
        select Sent(o => o.ReadIndexes.Add(new ReadIndex((ulong)request, ballot, asker))),
        from request in Gen.Choose(0, 3)
        from slot in AnySlot
        from asker in AnyNode
        select Sent(o => o.ReadIndexeds.Add(new ReadIndexed((ulong)request, slot, asker))),
        from text in Gen.Elements("x = 1", "") select Sent(o => o.Forwards.Add(new Forward(Value.FromText(text)))),
        from ballot in anyBallot select Sent(o => o.HandOvers.Add(new HandOver(ballot))));

    private static Gen<Step> StepsUnder(Gen<Ballot> anyBallot) => Gen.Frequency(
        (8, from message in MessagesUnder(anyBallot) from peer in Gen.Elements(Peers) select new Step(peer, message, 0)),
        (1, from what in Gen.Choose(1, 5) select new Step(default, null, what)));

    // To campaign, to have that on disk, and to be promised by one of two: it leads.
    private static readonly Step[] Election =
    [
        new(default, null, 1),
        new(default, null, 4),
        new(Peers[0], Sent(o => o.Promises.Add(new Promise(Own, new Slot(1), new Slot(1), true, default, []))), 0),
    ];

    // And then to have its no-op chosen, and to ask a round for a read.
    private static readonly Step[] Question =
    [
        new(default, null, 4),
        new(Peers[0], Sent(o => o.Accepteds.Add(new Accepted(Own, new Slot(1), new Slot(2)))), 0),
        new(default, null, 3),
        new(default, null, 5),
    ];

    private static Step Answer(ulong round) =>
        new(Peers[0], Sent(o => o.Confirmeds.Add(new Confirmed(Own, round))), 0);

    // Or to hear of a leader that knows six slots to be chosen, and to ask for them.
    private static readonly Ballot Others = new(1, Peers[0], 1);

    private static readonly Step[] Lag =
    [
        new(Peers[0], Sent(o => o.Heartbeats.Add(new Heartbeat(1, FirstStepAt, 0, Others, Others, true, true, new Slot(6)))), 0),
        new(default, null, 5),
    ];

    private static readonly Gen<Ballot> MostlyOthers = Gen.Frequency((9, Gen.Constant(Others)), (1, AnyBallot));

    private static readonly Gen<Step[]> AnyLife = Gen.OneOf(
        StepsUnder(AnyBallot).ArrayOf(StepsMax),
        StepsUnder(MostlyOthers).ArrayOf(StepsMax).Select(steps => (Step[])[.. Lag, .. steps]),
        StepsUnder(MostlyOwn).ArrayOf(StepsMax).Select(steps => (Step[])[.. Election[..2], .. steps]),
        StepsUnder(MostlyOwn).ArrayOf(StepsMax).Select(steps => (Step[])[.. Election, .. steps]),
        from round in Gen.Choose(1, 2)
        from steps in StepsUnder(MostlyOwn).ArrayOf(StepsMax)
        select (Step[])[.. Election, .. Question, Answer((ulong)round), .. steps]);

    private sealed record Step(NodeId From, Action<ReplicaOutput>? Message, int Own)
    {
        public override string ToString() => Message is null ? $"own step {Own}" : $"message from {From}";
    }

    [Fact]
    public void A_replica_that_reads_bytes_lives_as_one_that_is_handed_the_messages()
    {
        var mattered = new Dictionary<MessageKind, int>();
        Prop.ForAll(Arb.From(AnyLife), steps => Live(steps, mattered))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(LivesCount));
        // A kind that changes nothing in any life would be compared with nothing. (The rarest does in some forty.)
        Assert.All(Enum.GetValues<MessageKind>(), kind => Assert.True(mattered.GetValueOrDefault(kind) >= 10, $"{kind}"));
    }

    private static void Live(Step[] steps, Dictionary<MessageKind, int> mattered)
    {
        var (handed, read) = (new Twin(), new Twin());
        var now = new Instant(FirstStepAt - (StepTakes.Ticks * TimeSpan.NanosecondsPerTick));
        foreach (var step in steps)
        {
            now += StepTakes;
            var before = handed.Image(now);
            if (step.Message is null)
            {
                handed.TakeOwnStep(step.Own, now);
                read.TakeOwnStep(step.Own, now);
            }
            else
            {
                var alarm = handed.Hand(step, now, out var kind);
                var sameAlarm = read.Read(step, now, kind, out var isWhole);
                if (!isWhole)
                {
                    // What no replica ever says is refused by the reader; then it counts as not sent.
                    return;
                }
                Assert.Equal(alarm, sameAlarm);
                if (alarm is not null)
                {
                    return;
                }
                if (!before.AsSpan().SequenceEqual(handed.Image(now)))
                {
                    mattered[kind] = mattered.GetValueOrDefault(kind) + 1;
                }
            }
            Assert.Equal(handed.Image(now), read.Image(now));
        }
    }

    private static Action<ReplicaOutput> Sent(Action<ReplicaOutput> add) => add;

    private static Decree DecreeOf(Slot slot) => slot.Number % 3 == 0
        ? Decree.NoOp
        : new Decree(DecreeKind.Command, (uint)slot.Number * 1000, Value.FromText($"command {slot.Number}"));

    /// <summary>Node 1 of three, with all that it ever wanted done.</summary>
    private sealed class Twin
    {
        private readonly Replica _replica = new(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        private readonly ReplicaOutput _output = new();

        public void TakeOwnStep(int what, Instant now)
        {
            switch (what)
            {
                case 1:
                    if (_replica.IsIdle)
                    {
                        _replica.Campaign(now, _output);
                    }
                    break;
                case 2:
                    _replica.Propose(now, Value.FromText("mine"), _output);
                    break;
                case 3:
                    _replica.RequestRead(now, 7, _output);
                    break;
                case 4:
                    _replica.Persisted(now, _output.LastRecord, _output);
                    break;
                default:
                    _replica.Finish(now, 1023, _output);
                    break;
            }
        }

        /// <summary>Hands the message over itself.</summary>
        public string? Hand(Step step, Instant now, out MessageKind kind)
        {
            var sender = new Sender(step.From, 1, 1);
            var message = new ReplicaOutput();
            step.Message!(message);
            kind = KindOf(message);
            var kindNow = kind;
            return AlarmOf(() => Deliver(message, kindNow, sender, now));
        }

        /// <summary>Writes the message, and has it read.</summary>
        public string? Read(Step step, Instant now, MessageKind kind, out bool isWhole)
        {
            var message = new ReplicaOutput();
            step.Message!(message);
            var writer = new ByteWriter();
            new PacketHeader(0, 1, 1).Write(writer);
            MessageCodec.Write(writer, message, new Outgoing(new NodeId(1), kind, 0, 0));
            var whole = true;
            var alarm = AlarmOf(
                () => whole = MessageCodec.TryDeliver(writer.Span.ToArray(), step.From, now, _replica, _output));
            isWhole = whole;
            return alarm;
        }

        /// <summary>The state, and everything that was ever asked of the host, as bytes.</summary>
        public byte[] Image(Instant now)
        {
            var state = new StateWriter();
            _replica.Write(state, now);
            var wanted = new ByteWriter();
            foreach (var record in _output.Records)
            {
                RecordCodec.Write(wanted, record);
            }
            foreach (var outgoing in _output.Outgoing)
            {
                wanted.U32(outgoing.To.Number);
                wanted.U64(outgoing.AfterRecord);
                MessageCodec.Write(wanted, _output, outgoing);
            }
            var others = string.Join(
                ';', _output.Decrees.Select(each => $"{each}").Concat(_output.Reads.Select(each => $"{each}"))
                    .Concat(_output.JournalReads.Select(each => $"{each}")).Concat(_output.Events.Select(each => $"{each}"))
                    .Concat(Peers.Select(each => $"{_replica.RoundTripOf(each)}")));
            return [.. state.Written, .. wanted.Span, .. System.Text.Encoding.UTF8.GetBytes(others)];
        }

        private static string? AlarmOf(Action step)
        {
            try
            {
                step();
                return null;
            }
            catch (InvariantViolatedException e)
            {
                return e.Message;
            }
        }

        private static MessageKind KindOf(ReplicaOutput o) =>
            o.Prepares.Count > 0 ? MessageKind.Prepare
            : o.Promises.Count > 0 ? MessageKind.Promise
            : o.Nacks.Count > 0 ? MessageKind.Nack
            : o.Accepts.Count > 0 ? MessageKind.Accept
            : o.Accepteds.Count > 0 ? MessageKind.Accepted
            : o.Chosens.Count > 0 ? MessageKind.Chosen
            : o.Heartbeats.Count > 0 ? MessageKind.Heartbeat
            : o.CatchUps.Count > 0 ? MessageKind.CatchUp
            : o.Learns.Count > 0 ? MessageKind.Learn
            : o.Confirms.Count > 0 ? MessageKind.Confirm
            : o.Confirmeds.Count > 0 ? MessageKind.Confirmed
            : o.ReadIndexes.Count > 0 ? MessageKind.ReadIndex
            : o.ReadIndexeds.Count > 0 ? MessageKind.ReadIndexed
            : o.Forwards.Count > 0 ? MessageKind.Forward
            : MessageKind.HandOver;

        private void Deliver(ReplicaOutput m, MessageKind kind, Sender from, Instant now)
        {
            switch (kind)
            {
                case MessageKind.Prepare: _replica.Step(now, from, m.Prepares[0], _output); break;
                case MessageKind.Promise: _replica.Step(now, from, m.Promises[0], _output); break;
                case MessageKind.Nack: _replica.Step(now, from, m.Nacks[0], _output); break;
                case MessageKind.Accept: _replica.Step(now, from, m.Accepts[0], _output); break;
                case MessageKind.Accepted: _replica.Step(now, from, m.Accepteds[0], _output); break;
                case MessageKind.Chosen: _replica.Step(now, from, m.Chosens[0], _output); break;
                case MessageKind.Heartbeat: _replica.Step(now, from, m.Heartbeats[0], _output); break;
                case MessageKind.CatchUp: _replica.Step(now, from, m.CatchUps[0], _output); break;
                case MessageKind.Learn: _replica.Step(now, from, m.Learns[0], _output); break;
                case MessageKind.Confirm: _replica.Step(now, from, m.Confirms[0], _output); break;
                case MessageKind.Confirmed: _replica.Step(now, from, m.Confirmeds[0], _output); break;
                case MessageKind.ReadIndex: _replica.Step(now, from, m.ReadIndexes[0], _output); break;
                case MessageKind.ReadIndexed: _replica.Step(now, from, m.ReadIndexeds[0], _output); break;
                case MessageKind.Forward: _replica.Step(now, from, m.Forwards[0], _output); break;
                default: _replica.Step(now, from, m.HandOvers[0], _output); break;
            }
        }
    }
}
