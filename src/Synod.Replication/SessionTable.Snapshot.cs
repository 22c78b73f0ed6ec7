using Synod.Paxos;
using Synod.Wire;

namespace Synod.Replication;

/// <content>The sessions as bytes: part of every snapshot, so that a command chosen twice still runs once after it.</content>
public sealed partial class SessionTable
{
    /// <summary>Writes all sessions with everything that later verdicts depend on.</summary>
    public void Write(ByteWriter into)
    {
        var countAt = into.Length;
        var count = 0u;
        into.U32(0);
        for (var node = 0; node < _byNode.Length; node++)
        {
            if (_byNode[node] is not { } session)
            {
                continue;
            }
            count++;
            into.U32((uint)node);
            into.U64(session.Id);
            into.U64(session.Nonce);
            into.U64(session.AnsweredBelow);
            into.Bytes(session.About);
            WriteDone(into, session.Done);
        }
        into.PatchU32(countAt, count);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null if the bytes make no sense.</summary>
    public static SessionTable? Read(ref ByteReader reader)
    {
        var table = new SessionTable();
        var count = reader.U32();
        for (var i = 0u; i < count && !reader.IsBad; i++)
        {
            var node = reader.U32();
            var id = reader.U64();
            var nonce = reader.U64();
            var answeredBelow = reader.U64();
            var about = reader.Bytes().ToArray();
            if (node is 0 or > NodeNumberMax || node < table._byNode.Length || id == 0 || answeredBelow == 0)
            {
                return null;
            }
            var session = new Session(id, nonce, about) { AnsweredBelow = answeredBelow };
            Array.Resize(ref table._byNode, (int)node + 1);
            table._byNode[node] = session;
            if (!ReadDone(ref reader, session.Done))
            {
                return null;
            }
        }
        return reader.IsBad ? null : table;
    }

    /// <summary>Whether a command of a session has run or can never run any more; false while it may still run.</summary>
    public bool IsSettled(ulong session, ulong sequence)
    {
        var found = Find(session);
        return found is null || sequence < found.AnsweredBelow ||
            (sequence - found.AnsweredBelow < Window &&
             (found.Done[sequence % Window / 64] & (1UL << (int)(sequence % 64))) != 0);
    }

    /// <summary>The nonce of the node's session, or 0.</summary>
    public ulong NonceOf(NodeId node) =>
        node.Number < _byNode.Length && _byNode[node.Number] is { } session ? session.Nonce : 0;

    private static void WriteDone(ByteWriter into, ulong[] done)
    {
        var countAt = into.Length;
        var words = 0u;
        into.U32(0);
        for (var at = 0; at < done.Length; at++)
        {
            if (done[at] != 0)
            {
                words++;
                into.U32((uint)at);
                into.U64(done[at]);
            }
        }
        into.PatchU32(countAt, words);
    }

    private static bool ReadDone(ref ByteReader reader, ulong[] done)
    {
        var words = reader.U32();
        for (var i = 0u; i < words && !reader.IsBad; i++)
        {
            var at = reader.U32();
            var word = reader.U64();
            if (at >= (uint)done.Length)
            {
                return false;
            }
            done[at] = word;
        }
        return !reader.IsBad;
    }
}
