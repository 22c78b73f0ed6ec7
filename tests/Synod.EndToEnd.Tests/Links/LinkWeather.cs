namespace Synod.EndToEnd.Tests.Links;

/// <summary>What links do to the bytes on them. May be changed while they are used.</summary>
internal sealed class LinkWeather
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(20010501); // The same flips in every run, as far as the traffic is the same.
    private TimeSpan _delay;
    private long _bytesPerSecond = long.MaxValue;
    private int _flipOneIn;
    private int _flipped;

    /// <summary>Bytes arrive so much later, each way.</summary>
    public TimeSpan Delay
    {
        get => Get(ref _delay);
        set => Set(ref _delay, value);
    }

    /// <summary>No more arrive on one connection, each way.</summary>
    public long BytesPerSecond
    {
        get => Get(ref _bytesPerSecond);
        set => Set(ref _bytesPerSecond, value);
    }

    /// <summary>Of so many pieces that are carried one has a bit turned over; 0 for none.</summary>
    public int FlipOneIn
    {
        get => Get(ref _flipOneIn);
        set => Set(ref _flipOneIn, value);
    }

    /// <summary>So many bits were turned over.</summary>
    public int Flipped => Get(ref _flipped);

    /// <summary>All is well again.</summary>
    public void Clear() => (Delay, BytesPerSecond, FlipOneIn) = (TimeSpan.Zero, long.MaxValue, 0);

    /// <summary>Perhaps turns a bit of a piece over.</summary>
    public void Corrupt(Span<byte> piece)
    {
        lock (_gate)
        {
            if (_flipOneIn > 0 && _random.Next(_flipOneIn) == 0)
            {
                piece[_random.Next(piece.Length)] ^= (byte)(1 << _random.Next(8));
                _flipped++;
            }
        }
    }

    private T Get<T>(ref T field)
    {
        lock (_gate)
        {
            return field;
        }
    }

    private void Set<T>(ref T field, T value)
    {
        lock (_gate)
        {
            field = value;
        }
    }
}
