namespace Synod.Store;

/// <summary>A list of versions whose room is used again and again.</summary>
internal sealed class VersionList
{
    // What is kept between uses; a longer list is a one-off and goes back to the runtime.
    private const int KeptMax = 64 * 1024;

    private uint[] _numbers = new uint[16];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them.</summary>
    public Span<uint> All => _numbers.AsSpan(0, Count);

    /// <summary>Adds one.</summary>
    public void Add(uint number)
    {
        if (Count == _numbers.Length)
        {
            Array.Resize(ref _numbers, Count * 2);
        }
        _numbers[Count++] = number;
    }

    /// <summary>Empties the list.</summary>
    public void Clear()
    {
        Count = 0;
        if (_numbers.Length > KeptMax)
        {
            _numbers = new uint[16];
        }
    }
}
