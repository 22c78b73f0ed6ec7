using System.Buffers;
using System.Text;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Replication;
using Synod.Store;
using Synod.Wire;

namespace Synod.Node.Tests;

/// <summary>Decrees for a replicated state: sessions are opened, and commands come late, twice and out of order.</summary>
internal sealed class StateDriver(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<(NodeId Node, ulong Session, ulong Next)> _sessions = [];
    private readonly List<byte[]> _earlier = [];
    private readonly ByteBlocks _blocks = new();
    private ulong _slot;
    private ulong _nonce = 100;

    public LearnedDecree Next()
    {
        _slot++;
        var kind = _random.Next(20);
        if (_sessions.Count == 0 || kind == 0)
        {
            return Decree(OpenSession());
        }
        if (kind == 1)
        {
            return new LearnedDecree(new Slot(_slot), Paxos.Multi.Decree.NoOp);
        }
        if (kind < 5 && _earlier.Count > 0)
        {
            return Decree(_earlier[_random.Next(_earlier.Count)]); // chosen once more: it must not run again
        }
        var at = _random.Next(_sessions.Count);
        var (node, session, next) = _sessions[at];
        _sessions[at] = (node, session, next + 1 + (ulong)_random.Next(2));
        var answered = next > 40 ? next - 40 : 1;
        var command = new CommandEnvelope(EnvelopeKind.Command, session, next, answered).Wrap(Command(), _blocks).ToArray();
        _earlier.Add(command);
        return Decree(command);
    }

    private LearnedDecree Decree(byte[] value) =>
        new(new Slot(_slot), new Decree(DecreeKind.Command, (uint)_random.Next(5000), new Value(value)));

    private byte[] OpenSession()
    {
        var node = new NodeId((uint)_random.Next(1, 6));
        _sessions.RemoveAll(session => session.Node == node);
        _sessions.Add((node, _slot, 1));
        return new CommandEnvelope(EnvelopeKind.OpenSession, node.Number, _nonce++, 0)
            .Wrap(Encoding.UTF8.GetBytes($"about {node} {_nonce}"), _blocks).ToArray();
    }

    private byte[] Command()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(output);
        writer.Begin();
        var key = Encoding.UTF8.GetBytes($"key {_random.Next(30)}");
        switch (_random.Next(12))
        {
            case 0:
                writer.DeleteRange(new DeleteOperation { Key = key, RangeEnd = "key 3"u8, WantPrevious = true });
                break;
            case 1:
                writer.Compact(_random.Next(1, 1 + (int)_slot / 2));
                break;
            default:
                var value = new byte[_random.Next(200)];
                _random.NextBytes(value);
                writer.Put(new PutOperation { Key = key, Value = value, WantPrevious = true });
                break;
        }
        return output.WrittenSpan.ToArray();
    }
}
