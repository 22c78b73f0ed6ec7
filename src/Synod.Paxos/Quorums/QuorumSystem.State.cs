namespace Synod.Paxos;

/// <content>A quorum system within the bytes of a configuration.</content>
public abstract partial class QuorumSystem
{
    private protected enum Kind : byte
    {
        Counting = 1,
        Weighted = 2,
        Listed = 3,
    }

    /// <summary>Writes the rule; how many voters there are stands before it.</summary>
    internal abstract void Write(StateWriter writer);

    /// <summary>Reads a rule for so many voters.</summary>
    internal static QuorumSystem Read(ref StateReader reader, int voters)
    {
        var kind = (Kind)reader.ReadByte();
        switch (kind)
        {
            case Kind.Counting:
                return Flexible(voters, ReadSize(ref reader), ReadSize(ref reader));
            case Kind.Weighted:
                var weights = new int[voters];
                for (var place = 0; place < voters; place++)
                {
                    weights[place] = ReadSize(ref reader);
                }
                return Weighted(weights, ReadSize(ref reader), ReadSize(ref reader));
            default:
                Check.That(kind == Kind.Listed);
                return Listed(voters, ReadSets(ref reader), ReadSets(ref reader));
        }
    }

    private protected static void WriteSets(StateWriter writer, MemberSet[] sets)
    {
        writer.WriteNumber((ulong)sets.Length);
        foreach (var set in sets)
        {
            writer.WriteNumber(set.Bits);
        }
    }

    private static MemberSet[] ReadSets(ref StateReader reader)
    {
        var sets = new List<MemberSet>();
        for (var left = reader.ReadUInt32(); left > 0; left--)
        {
            sets.Add(reader.ReadMemberSet());
        }
        return [.. sets];
    }

    private static int ReadSize(ref StateReader reader) => checked((int)reader.ReadUInt32());
}
