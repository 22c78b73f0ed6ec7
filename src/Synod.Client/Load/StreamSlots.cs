namespace Synod.Client.Load;

/// <summary>The requests in flight on one connection, found by stream; as many as the connection has clients.</summary>
internal sealed class StreamSlots
{
    public const int NotFound = -1;

    // 0 marks a free slot: stream 0 is the connection itself.
    private readonly int[] _streams;
    private readonly long[] _started;
    private readonly ResponseHead[] _heads;
    private readonly State[] _states;
    private readonly int[] _free;
    private int _freeCount;

    public StreamSlots(int capacity)
    {
        _streams = new int[capacity];
        _started = new long[capacity];
        _heads = new ResponseHead[capacity];
        _states = new State[capacity];
        _free = new int[capacity];
        for (int slot = 0; slot < capacity; slot++)
        {
            _free[slot] = capacity - 1 - slot;
        }
        _freeCount = capacity;
    }

    [Flags]
    private enum State : byte
    {
        None = 0,
        IsGet = 1,
        BodySeen = 2,
        HoldsKey = 4,
    }

    public int Capacity => _streams.Length;

    public int InFlight => _streams.Length - _freeCount;

    public bool HasFree => _freeCount > 0;

    public int Find(int stream) => stream == 0 ? NotFound : _streams.AsSpan().IndexOf(stream);

    public void Open(int stream, long now, bool isGet)
    {
        int slot = _free[--_freeCount];
        _streams[slot] = stream;
        _started[slot] = now;
        _heads[slot] = new ResponseHead();
        _states[slot] = isGet ? State.IsGet : State.None;
    }

    public void Close(int slot)
    {
        _streams[slot] = 0;
        _free[_freeCount++] = slot;
    }

    public ref ResponseHead Head(int slot) => ref _heads[slot];

    public long Started(int slot) => _started[slot];

    public bool IsMissing(int slot) => (_states[slot] & (State.IsGet | State.HoldsKey)) == State.IsGet;

    /// <summary>Looks at the start of a response body, once.</summary>
    public void SeeBody(int slot, ReadOnlySpan<byte> content)
    {
        const int GrpcPrefixBytes = 5;
        if ((_states[slot] & State.BodySeen) == 0 && content.Length > GrpcPrefixBytes)
        {
            bool holds = RequestMessages.HoldsKey(content[GrpcPrefixBytes..]);
            _states[slot] |= holds ? State.BodySeen | State.HoldsKey : State.BodySeen;
        }
    }

    /// <summary>When the longest waiting request was started; <see cref="long.MaxValue"/> without any.</summary>
    public long OldestStart()
    {
        long oldest = long.MaxValue;
        for (int slot = 0; slot < _streams.Length; slot++)
        {
            if (_streams[slot] != 0)
            {
                oldest = Math.Min(oldest, _started[slot]);
            }
        }
        return oldest;
    }
}
