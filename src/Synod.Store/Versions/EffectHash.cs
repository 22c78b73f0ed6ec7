using System.Buffers.Binary;

namespace Synod.Store;

/// <summary>
/// A sum over effects. Every effect is mixed into the sum of all before it: replicas with equal sums made the same
/// changes in the same order. Not against an adversary; it is there to find bugs and bad memory. The same on every
/// machine.
/// </summary>
internal struct EffectHash(ulong sum)
{
    // Odd, with bits well spread: the golden ratio's fraction, and that of the square root of two.
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0x6A09E667F3BCC909;

    private ulong _sum = sum;

    /// <summary>The sum so far.</summary>
    public readonly ulong Sum => _sum;

    /// <summary>Mixes in a number. For every sum this is one-to-one, so that no number is lost.</summary>
    public void Add(ulong number)
    {
        ulong mixed = (_sum ^ number) * First;
        mixed ^= mixed >> 32;
        _sum = (mixed * Second) + First;
    }

    /// <summary>Mixes in bytes and how many they are.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        ulong rest = 0;
        for (int index = 0; index < bytes.Length; index++)
        {
            rest |= (ulong)bytes[index] << (index * 8);
        }
        if (bytes.Length > 0)
        {
            Add(rest);
        }
    }
}
