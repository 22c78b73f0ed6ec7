using Synod.Wire;

namespace Synod.Wire.Tests.Frames;

/// <summary>Whatever arrives, a decoder answers one of its defined results and never throws.</summary>
public sealed class DecoderFuzzTests
{
    private const int Cases = 100_000;
    private const int PayloadBytesMax = 256;

    [Fact]
    public void Frames_of_random_and_mutated_bytes_never_throw_and_never_pass()
    {
        var random = new Random(20_260_701);
        var seen = new int[4];
        for (int round = 0; round < Cases; round++)
        {
            // A length over the limit is only believed of one who wrote it.
            var payload = new byte[round % 16 == 0 ? PayloadBytesMax + 1 : random.Next(64)];
            random.NextBytes(payload);
            var original = new byte[FrameCodec.HeaderBytes + payload.Length];
            FrameCodec.Write(original, FrameKind.Payload, payload);
            byte[] input = Mutated(random, original);
            FrameDecoding answer = FrameCodec.Decode(input, PayloadBytesMax, out var header, out var read);
            seen[(int)answer]++;
            if (answer == FrameDecoding.Whole)
            {
                Assert.True(input.AsSpan(0, header.FrameBytes).SequenceEqual(original.AsSpan()));
                Assert.Equal(header.PayloadBytes, read.Length);
            }
        }
        Assert.All(seen, count => Assert.True(count > 100, "a result was hardly ever reached: the fuzzer is too tame"));
    }

    [Fact]
    public void Handshakes_of_random_and_mutated_bytes_never_throw_and_never_pass()
    {
        var random = new Random(20_260_702);
        var seen = new int[(int)HandshakeDecoding.UnknownKind];
        for (int round = 0; round < Cases; round++)
        {
            byte[] original = (round % 3) switch
            {
                0 => HandshakeCodec.Write(new Hello((ulong)random.NextInt64(), 1, 2, 0, 4, 1, 77)),
                1 => HandshakeCodec.WriteRefusal("reason " + round),
                _ => HandshakeCodec.WriteWelcome(),
            };
            byte[] input = Mutated(random, original);
            HandshakeDecoding answer = HandshakeCodec.Decode(input, out _, out int needed);
            Assert.InRange(needed, 0, HandshakeCodec.MessageBytesMax);
            Assert.NotEqual(HandshakeDecoding.UnknownKind, answer);
            seen[(int)answer]++;
            if (answer == HandshakeDecoding.Whole)
            {
                Assert.True(input.AsSpan(0, needed).SequenceEqual(original));
            }
        }
        Assert.All(seen, count => Assert.True(count > 100, "a result was hardly ever reached: the fuzzer is too tame"));
    }

    private static byte[] Mutated(Random random, byte[] original)
    {
        byte[] bytes = [.. original];
        switch (random.Next(6))
        {
            case 0:
                random.NextBytes(bytes);
                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length + 1)];
            case 2:
                return [.. bytes, .. bytes];
            case 3:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 4:
                int from = random.Next(bytes.Length);
                random.NextBytes(bytes.AsSpan(from, random.Next(bytes.Length - from + 1)));
                return bytes;
            default:
                bytes[random.Next(Math.Min(16, bytes.Length))] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }
}
