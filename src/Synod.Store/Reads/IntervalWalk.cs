using System.Numerics;

namespace Synod.Store;

/// <summary>
/// Walks over the versions that an interval has at a revision, in key order. The index must not change meanwhile.
/// </summary>
internal ref struct IntervalWalk
{
    private readonly KeySpace _space;
    private readonly long _revision;
    private readonly KeyPosition _end;
    private uint _leaf;
    private int _slot;

    /// <summary>Starts before the first key.</summary>
    /// <param name="space">Where.</param>
    /// <param name="interval">Which keys; neither a point nor empty.</param>
    /// <param name="revision">At which revision; the greatest number means now.</param>
    public IntervalWalk(KeySpace space, KeyInterval interval, long revision)
    {
        _space = space;
        _revision = revision;
        KeyPosition start = space.Index.Seek(interval.Key);
        _leaf = start.Leaf;
        _slot = start.Slot;
        _end = interval.IsUnbounded ? default : space.Index.Seek(interval.RangeEnd);
    }

    /// <summary>The next version, if there is one.</summary>
    public bool Next(out uint number)
    {
        while (_leaf != 0)
        {
            ref LeafNode leaf = ref _space.Index.Leaf(_leaf);
            int last = _leaf == _end.Leaf ? _end.Slot : leaf.Count;
            if (_revision == long.MaxValue)
            {
                // What exists now is marked: deleted keys are passed over without a look at their versions.
                ulong rest = _slot < KeyIndex.Fanout ? leaf.Live >> _slot << _slot : 0;
                int slot = rest == 0 ? last : BitOperations.TrailingZeroCount(rest);
                if (slot < last)
                {
                    _slot = slot + 1;
                    number = leaf.Newest[slot];
                    return true;
                }
            }
            else
            {
                while (_slot < last)
                {
                    number = _space.Versions.At(leaf.Newest[_slot++], _revision);
                    if (number != 0)
                    {
                        return true;
                    }
                }
            }
            if (_leaf == _end.Leaf)
            {
                break;
            }
            _leaf = leaf.Next;
            _slot = 0;
        }
        _leaf = 0;
        number = 0;
        return false;
    }
}
