using Synod.Paxos;
using Synod.Wire;

namespace Synod.Node;

/// <summary>The sum over all effects up to a slot, as one replica has it.</summary>
/// <param name="Slot">A slot that all replicas compare at.</param>
/// <param name="Sum">The state machine's effect sum right after it.</param>
internal readonly record struct EffectSumAt(Slot Slot, ulong Sum);

/// <summary>One replica's sum on its way to the others, on the control lane under a first byte of its own.</summary>
internal static class EffectSumPacket
{
    public const byte FirstByte = 3;

    public static void Write(ByteWriter writer, ulong clusterId, in EffectSumAt at)
    {
        writer.U8(FirstByte);
        writer.U64(clusterId);
        writer.Slot(at.Slot);
        writer.U64(at.Sum);
    }

    public static bool IsOne(ReadOnlySpan<byte> packet) => packet.Length > 0 && packet[0] == FirstByte;

    public static bool TryRead(ReadOnlyMemory<byte> bytes, ulong clusterId, out EffectSumAt at)
    {
        var r = new ByteReader(bytes);
        r.U8();
        var cluster = r.U64();
        at = new EffectSumAt(r.Slot(), r.U64());
        return !r.IsBad && r.IsAtEnd && cluster == clusterId;
    }
}
