namespace Synod.Explorer;

/// <summary>
/// The states of one depth, back to back in large blocks. A block is written once and never again, because values that
/// were read from it share its memory; it is dropped as a whole with its depth.
/// </summary>
internal sealed class StateArena
{
    private const int BlockBytes = 1 << 18;
    private readonly List<ReadOnlyMemory<byte>> _states = [];
    private byte[] _block = [];
    private int _used;

    public int Count => _states.Count;

    public ReadOnlyMemory<byte> this[int index] => _states[index];

    public void Add(ReadOnlySpan<byte> state)
    {
        if (_block.Length - _used < state.Length)
        {
            _block = new byte[Math.Max(BlockBytes, state.Length)];
            _used = 0;
        }
        state.CopyTo(_block.AsSpan(_used));
        _states.Add(_block.AsMemory(_used, state.Length));
        _used += state.Length;
    }
}
