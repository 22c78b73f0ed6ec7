using Synod.Paxos;

namespace Synod.Wire;

/// <summary>
/// What stands before the messages of one packet. A packet is everything that one turn of one replica sends to one peer
/// over one lane.
/// </summary>
/// <param name="Group">Which log; 0 until several groups share a node.</param>
/// <param name="Configuration">The sender's configuration number.</param>
/// <param name="Incarnation">The sender's incarnation.</param>
public readonly record struct PacketHeader(uint Group, ulong Configuration, uint Incarnation)
{
    /// <summary>The packet format that this code writes.</summary>
    public const byte FormatVersion = 1;

    /// <summary>Bytes of a header.</summary>
    public const int Length = 1 + 4 + 8 + 4;

    /// <summary>Writes it.</summary>
    public void Write(ByteWriter writer)
    {
        writer.U8(FormatVersion);
        writer.U32(Group);
        writer.U64(Configuration);
        writer.U32(Incarnation);
    }

    /// <summary>Reads it; a strange version is bad.</summary>
    public static PacketHeader Read(ref ByteReader reader)
    {
        if (reader.U8() != FormatVersion)
        {
            reader.Bad();
        }
        return new PacketHeader(reader.U32(), reader.U64(), reader.U32());
    }
}
