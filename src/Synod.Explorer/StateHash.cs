using System.Buffers.Binary;
using System.Numerics;
using Synod.Paxos;

namespace Synod.Explorer;

/// <summary>
/// 128 bits for a state's canonical bytes. The explorer keeps these instead of the states: with n states the chance
/// that two different ones are taken for one is about n^2 / 2^129, below 10^-22 for a hundred million.
/// </summary>
/// <remarks>
/// Two lanes of 64 bits read the same words with different arithmetic. Each step is invertible in the lane and in the
/// word, so that two inputs of one length which differ in one word differ in both lanes. Not for adversaries.
/// </remarks>
public readonly record struct StateHash(ulong High, ulong Low)
{
    // Odd constants without structure: fractional parts of the square roots of 2, 3, 5 and 7, made odd.
    private const ulong Root2 = 0x6A09E667F3BCC909;
    private const ulong Root3 = 0xBB67AE8584CAA73B;
    private const ulong Root5 = 0x3C6EF372FE94F82B;
    private const ulong Root7 = 0xA54FF53A5F1D36F1;

    /// <summary>Hashes bytes.</summary>
    public static StateHash Of(ReadOnlySpan<byte> bytes)
    {
        // The length goes in first: a last word is filled up with zeros below.
        var left = Root2 ^ (ulong)bytes.Length;
        var right = Root3 + (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            Absorb(ref left, ref right, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        if (bytes.Length > 0)
        {
            var last = 0UL;
            for (var i = 0; i < bytes.Length; i++)
            {
                last |= (ulong)bytes[i] << (8 * i);
            }
            Absorb(ref left, ref right, last);
        }
        left = Stir(left + BitOperations.RotateLeft(right, 32));
        right = Stir(right ^ left);
        return new StateHash(left, right);
    }

    /// <summary>The hash of this hash followed by another: for digests over a sequence.</summary>
    public StateHash Then(StateHash next)
    {
        var (left, right) = (High, Low);
        Absorb(ref left, ref right, next.High);
        Absorb(ref left, ref right, next.Low);
        return new StateHash(Stir(left), Stir(right));
    }

    private static void Absorb(ref ulong left, ref ulong right, ulong word)
    {
        left = unchecked((left ^ word) * Root5);
        left ^= left >> 32;
        right = unchecked((BitOperations.RotateLeft(right, 29) + word) * Root7);
        right ^= right >> 29;
    }

    private static ulong Stir(ulong bits)
    {
        bits = unchecked((bits ^ (bits >> 31)) * Root3);
        bits = unchecked((bits ^ (bits >> 29)) * Root5);
        return bits ^ (bits >> 32);
    }
}

/// <summary>The set of hashes that were seen: open addressing, at most five eighths full, grows by doubling.</summary>
internal sealed class StateTable
{
    private StateHash[] _places = new StateHash[1 << 12];

    public int Count { get; private set; }

    /// <summary>False if it was there already.</summary>
    public bool TryAdd(StateHash hash)
    {
        // All zeros marks a free place; the one hash that looks like it is moved aside.
        if (hash == default)
        {
            hash = new StateHash(0, 1);
        }
        var place = FindPlace(_places, hash);
        if (_places[place] == hash)
        {
            return false;
        }
        _places[place] = hash;
        Count++;
        if (Count > _places.Length / 8 * 5)
        {
            Grow();
        }
        return true;
    }

    private static int FindPlace(StateHash[] places, StateHash hash)
    {
        var mask = places.Length - 1;
        var place = (int)hash.Low & mask;
        while (places[place] != default && places[place] != hash)
        {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void Grow()
    {
        Check.That(_places.Length < 1 << 29);
        var larger = new StateHash[_places.Length * 2];
        foreach (var hash in _places)
        {
            if (hash != default)
            {
                larger[FindPlace(larger, hash)] = hash;
            }
        }
        _places = larger;
    }
}
