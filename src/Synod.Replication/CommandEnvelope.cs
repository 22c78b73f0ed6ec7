using System.Buffers.Binary;
using Synod.Wire;

namespace Synod.Replication;

/// <summary>What a command of the log is.</summary>
public enum EnvelopeKind : byte
{
    /// <summary>Opens a node's session; the session's id is the slot in which it is chosen.</summary>
    OpenSession = 1,

    /// <summary>A state machine's command within a session.</summary>
    Command = 2,

    /// <summary>
    /// A command of the leader itself, outside of any session: given to no other node and proposed only once, and such
    /// that a second time would do no harm.
    /// </summary>
    Leader = 3,
}

/// <summary>
/// What stands before a state machine's command in the log: which session, which command of it, and up to where the
/// session's earlier commands are answered. It is written once, where the client is, and never changed.
/// </summary>
/// <param name="Kind">What follows.</param>
/// <param name="Session">The session's id; the opening node's number in an OpenSession.</param>
/// <param name="Sequence">The command's number in its session, from 1; the nonce in an OpenSession.</param>
/// <param name="AnsweredBelow">Every command of the session below this number is answered.</param>
public readonly record struct CommandEnvelope(EnvelopeKind Kind, ulong Session, ulong Sequence, ulong AnsweredBelow)
{
    /// <summary>Bytes of an envelope before the command's own.</summary>
    public const int Length = 1 + 8 + 8 + 8;

    /// <summary>Envelope and command in memory of their own, which becomes the decree's value.</summary>
    public ReadOnlyMemory<byte> Wrap(ReadOnlySpan<byte> command, ByteBlocks blocks)
    {
        var memory = blocks.Take(Length + command.Length);
        var bytes = memory.Span;
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[1..], Session);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[9..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[17..], AnsweredBelow);
        command.CopyTo(bytes[Length..]);
        return memory;
    }

    /// <summary>Reads the envelope; false if there is none.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, out CommandEnvelope envelope, out ReadOnlySpan<byte> command)
    {
        envelope = default;
        command = default;
        if (bytes.Length < Length || bytes[0] is < (byte)EnvelopeKind.OpenSession or > (byte)EnvelopeKind.Leader)
        {
            return false;
        }
        envelope = new CommandEnvelope(
            (EnvelopeKind)bytes[0],
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[17..]));
        command = bytes[Length..];
        return true;
    }
}
