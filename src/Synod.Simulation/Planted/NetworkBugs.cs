using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Simulation;

/// <summary>Bugs of acceptors, proposers and learners, played by a network that changes their messages.</summary>
internal static class NetworkBugs
{
    public static IEnumerable<PlantedBug> All()
    {
        yield return Bug("forged acceptance", "one Accept in four is thrown away and answered all the same", 60, ForgeAccepted);
        yield return Bug("one slot too many", "acceptors acknowledge one slot more than they accepted", 200, (_, _) =>
            (_, _, _, frame) => PacketParts.Change(frame, MessageKind.Accepted, body => Rewrite(body, (ref ByteReader r, ByteWriter w) =>
            {
                w.Ballot(r.Ballot());
                w.Slot(r.Slot());
                w.Slot(r.Slot().Next);
            })));
        yield return Bug("vote counted twice", "an acceptance counts for its sender's neighbour as well", 200, CountTwice) with { Change = Turmoil };
        yield return Bug("empty promises", "promises do not show what was accepted", 100, (_, _) =>
            (_, _, _, frame) => PacketParts.Change(frame, MessageKind.Promise, EmptyPromise));
        yield return Bug("refusal taken for a promise", "who refuses a Prepare counts as having promised", 400, PromiseForNack) with { Change = ManyDuels };
        yield return Bug("changed decree", "one Accept in fifty arrives with another value", 20, (_, chance) =>
            (_, _, _, frame) => PacketParts.Change(frame, MessageKind.Accept, body => Flip(body, chance)));
        yield return Bug("changed lesson", "one Learn in ten arrives with another value", 60, (_, chance) =>
            (_, _, _, frame) => PacketParts.Change(frame, MessageKind.Learn, body => chance.OneIn(10) ? FlipLast(body) : body));
        yield return Bug("chosen too early", "leaders call slots chosen that are only proposed", 200, (_, _) =>
            (_, _, _, frame) => PacketParts.Change(frame, MessageKind.Accept, body => Rewrite(body, (ref ByteReader r, ByteWriter w) =>
            {
                var ballot = r.Ballot();
                var slot = r.Slot();
                r.Slot();
                w.Ballot(ballot);
                w.Slot(slot);
                w.Slot(slot);
                w.Decree(r.Decree());
            })));
        yield return Bug("forged confirmation", "rounds of reads are confirmed by the network itself", 300, ForgeConfirmed);
        yield return Bug("stale read index", "followers are told to wait for nothing", 60, (_, _) =>
            (_, _, _, frame) => PacketParts.Change(frame, MessageKind.ReadIndexed, body => Rewrite(body, (ref ByteReader r, ByteWriter w) =>
            {
                w.U64(r.U64());
                r.Slot();
                w.Slot(Slot.Zero);
                w.U32(r.U32());
            })));
        yield return Bug("command said twice", "forwarded commands get a number of their own once more", 60, RenumberForwards);
    }

    /// <summary>Some mistakes show only when two sides propose in the same slots: five nodes, and hardly anything but partitions.</summary>
    private static WorldOptions ManyPartitions(WorldOptions options) => options with
    {
        Nodes = 5,
        FaultyGenesis = false,
        Faults = new FaultMix { Every = TimeSpan.FromMilliseconds(250), Disks = false, Wipes = false, Pauses = false },
    };

    /// <summary>
    /// Besides, partitions follow each other closely and everybody campaigns at once: refusals are frequent, and do harm.
    /// </summary>
    private static WorldOptions ManyDuels(WorldOptions options) => Turmoil(options) with
    {
        Replica = options.Replica with { CampaignDelayMax = TimeSpan.FromMilliseconds(1) },
    };

    // A vote too many does harm only where two quorums that should have met follow each other closely.
    private static WorldOptions Turmoil(WorldOptions options)
    {
        var many = ManyPartitions(options);
        return many with { Faults = many.Faults with { Every = TimeSpan.FromMilliseconds(120) } };
    }

    private delegate void Rewriting(ref ByteReader reader, ByteWriter writer);

    private delegate byte[]? Forging(int from, int to, PeerLane lane, byte[] frame);

    private static PlantedBug Bug(string name, string what, int within, Func<World, Chance, Forging> forging) => new(
        name, what, within, static o => o, world =>
        {
            var forge = forging(world, new Chance(world.Options.Seed ^ 0xB06));
            world.Network.Forge = (from, to, lane, frame) => forge(from, to, lane, frame);
        });

    private static byte[] Rewrite(byte[] body, Rewriting rewriting)
    {
        var reader = new ByteReader(body);
        var writer = new ByteWriter(body.Length + 64);
        rewriting(ref reader, writer);
        return writer.Span.ToArray();
    }

    private static byte[] Flip(byte[] body, Chance chance) => chance.OneIn(50) ? FlipLast(body) : body;

    private static byte[] FlipLast(byte[] body)
    {
        // Only a command has bytes behind its length that may change without anybody noticing.
        var changed = (byte[])body.Clone();
        if (body.Length > ShortestCommand)
        {
            changed[^1] ^= 1;
        }
        return changed;
    }

    private static Forging ForgeAccepted(World world, Chance chance) => (from, to, lane, frame) =>
        PacketParts.Change(frame, MessageKind.Accept, body =>
        {
            if (!chance.OneIn(4))
            {
                return body;
            }
            var r = new ByteReader(body);
            var ballot = r.Ballot();
            var slot = r.Slot();
            world.Network.Inject(to, from, PeerLane.Data, PacketParts.One(MessageKind.Accepted, w =>
            {
                w.Ballot(ballot);
                w.Slot(slot);
                w.Slot(slot);
            }));
            return null;
        });

    private static Forging CountTwice(World world, Chance chance) => (from, to, lane, frame) =>
    {
        var neighbour = (from + 1) % world.Options.Nodes;
        neighbour = neighbour == to ? (neighbour + 1) % world.Options.Nodes : neighbour;
        if (neighbour != to && neighbour != from && PacketParts.TryRead(frame) is { } parts)
        {
            foreach (var (_, body) in parts.Messages.Where(m => m.Kind == MessageKind.Accepted))
            {
                world.Network.Inject(neighbour, to, lane, PacketParts.One(MessageKind.Accepted, w =>
                {
                    foreach (var b in body)
                    {
                        w.U8(b);
                    }
                }));
            }
        }
        return frame;
    };

    private static byte[] EmptyPromise(byte[] body) => Rewrite(body, (ref ByteReader r, ByteWriter w) =>
    {
        w.Ballot(r.Ballot());
        w.Slot(r.Slot());
        w.Slot(r.Slot());
        r.U8();
        w.U8(1);
        w.Slot(r.Slot());
        w.U32(0);
    });

    private static Forging PromiseForNack(World world, Chance chance)
    {
        var askedFrom = new Slot[world.Options.Nodes, world.Options.Nodes];
        return (from, to, lane, frame) =>
        {
            PacketText.ForEach(frame, (kind, body) =>
            {
                if (kind == MessageKind.Prepare)
                {
                    var r = new ByteReader(body);
                    r.Ballot();
                    askedFrom[from, to] = r.Slot();
                }
            });
            return PacketParts.Change(frame, MessageKind.Nack, body =>
            {
                var asked = new ByteReader(body).Ballot();
                var first = askedFrom[to, from];
                world.Network.Inject(from, to, PeerLane.Data, PacketParts.One(MessageKind.Promise, w =>
                {
                    w.Ballot(asked);
                    w.Slot(first);
                    w.Slot(first);
                    w.U8(1);
                    w.Slot(Slot.Zero);
                    w.U32(0);
                }));
                return null;
            });
        };
    }

    private static Forging ForgeConfirmed(World world, Chance chance) => (from, to, lane, frame) =>
    {
        PacketText.ForEach(frame, (kind, body) =>
        {
            if (kind == MessageKind.Confirm)
            {
                var copy = body.ToArray();
                // Not over the network, which may be cut: the answer is simply there.
                world.Network.Conjure(to, from, PeerLane.Control, PacketParts.One(MessageKind.Confirmed, w =>
                {
                    foreach (var b in copy)
                    {
                        w.U8(b);
                    }
                }));
            }
        });
        return frame;
    };

    private static Forging RenumberForwards(World world, Chance chance) => (from, to, lane, frame) =>
    {
        PacketText.ForEach(frame, (kind, body) =>
        {
            if (kind == MessageKind.Forward && chance.OneIn(4))
            {
                var copy = body.ToArray();
                var sequenceAt = 4 + 1 + 8;
                if (copy[4] == (byte)Replication.EnvelopeKind.Command)
                {
                    // A number that its node will reach much later, if ever.
                    copy[sequenceAt + 1] ^= 0x40;
                    world.Network.Inject(from, to, lane, PacketParts.One(MessageKind.Forward, w =>
                    {
                        foreach (var b in copy)
                        {
                            w.U8(b);
                        }
                    }));
                }
            }
        });
        return frame;
    };

    private const int ShortestCommand = 60;
}
