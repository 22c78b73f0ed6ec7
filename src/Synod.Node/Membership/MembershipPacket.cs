using Synod.Paxos;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// "I hold this list of identities durably" (or none yet), "and began with this state". Travels on the control lane under a first byte of its own, apart from the
/// replica's packets.
/// </summary>
/// <param name="ClusterId">Which cluster.</param>
/// <param name="IsActive">The sender has heard the same from every member.</param>
/// <param name="Identities">The identity of each initial member, in order of their numbers; none before they are held.</param>
/// <param name="Beginning">The state with which the sender began; means nothing once the sender is active.</param>
internal readonly record struct MembershipPacket(
    ulong ClusterId, bool IsActive, IReadOnlyList<DataIdentity> Identities, StateBeginning Beginning)
{
    public const byte FirstByte = 2;

    public void Write(ByteWriter writer)
    {
        writer.U8(FirstByte);
        writer.U64(ClusterId);
        writer.U8(IsActive ? (byte)1 : (byte)0);
        writer.U32((uint)Identities.Count);
        foreach (var identity in Identities)
        {
            writer.U64((ulong)(identity.Bits >> 64));
            writer.U64((ulong)identity.Bits);
        }
        writer.Slot(Beginning.Slot);
        writer.I64(Beginning.Revision);
        writer.U64(Beginning.EffectSum);
    }

    public static bool IsOne(ReadOnlySpan<byte> packet) => packet.Length > 0 && packet[0] == FirstByte;

    public static bool TryRead(ReadOnlyMemory<byte> bytes, out MembershipPacket packet)
    {
        var r = new ByteReader(bytes);
        r.U8();
        var cluster = r.U64();
        var active = r.Flag();
        var count = r.U32();
        var identities = new List<DataIdentity>();
        for (var i = 0; i < count && i < MemberSet.MembersMax && !r.IsBad; i++)
        {
            identities.Add(new DataIdentity(new UInt128(r.U64(), r.U64())));
        }
        packet = new MembershipPacket(cluster, active, identities, new StateBeginning(r.Slot(), r.I64(), r.U64()));
        return !r.IsBad && r.IsAtEnd;
    }
}
