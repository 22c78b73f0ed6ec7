using Synod.Ports;

namespace Synod.Storage.Recovery;

/// <summary>A window that slides over one file after the other.</summary>
internal sealed class SegmentReader(IDisk disk)
{
    private const int WindowBytes = 256 << 10;
    private byte[] _window = [];
    private string _name = "";
    private long _start;
    private int _count;

    internal long Length { get; private set; }

    internal void Open(string name)
    {
        _name = name;
        Length = disk.LengthOf(name);
        _start = 0;
        _count = 0;
    }

    /// <summary>So many bytes, or as many as there are; valid until the next call.</summary>
    internal ReadOnlySpan<byte> At(long offset, int count)
    {
        count = (int)Math.Max(0, Math.Min(count, Length - offset));
        if (count == 0)
        {
            return default; // A file that was cut off may end before the place where the next record would begin.
        }
        if (offset < _start || offset + count > _start + _count)
        {
            var wanted = (int)Math.Max(count, Math.Min(WindowBytes, Length));
            if (_window.Length < wanted)
            {
                _window = new byte[wanted];
            }
            _start = offset;
            _count = disk.Read(_name, offset, _window.AsSpan(0, (int)Math.Min(_window.Length, Length - offset)));
            count = Math.Min(count, _count);
        }
        return _window.AsSpan((int)(offset - _start), count);
    }
}
