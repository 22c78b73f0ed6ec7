using Synod.Ports;
using Synod.Storage.Format;

namespace Synod.Storage.Recovery;

/// <summary>One segment file and its opening.</summary>
internal readonly record struct SegmentFound(
    ulong Number, string Name, long Length, RecordState Opening, RecordHeader Header);

/// <summary>All segment files of a directory, in order, with their openings read.</summary>
internal sealed class SegmentSurvey
{
    internal SegmentSurvey(IDisk disk, RecordCursor cursor)
    {
        foreach (var name in disk.List())
        {
            if (SegmentName.TryParse(name, out var number))
            {
                var state = cursor.Open(name, number);
                var header = state == RecordState.Intact ? cursor.Header : default;
                var found = new SegmentFound(number, name, disk.LengthOf(name), state, header);
                (state == RecordState.Intact ? Opened : Unopened).Add(found);
                Highest = Math.Max(Highest, number);
                OtherFormat |= state == RecordState.OtherFormat;
            }
        }
    }

    /// <summary>Segments whose opening can be read.</summary>
    internal List<SegmentFound> Opened { get; } = [];

    /// <summary>Spares, segments whose first write was torn, and such whose opening is damaged.</summary>
    internal List<SegmentFound> Unopened { get; } = [];

    /// <summary>The highest number of any of them.</summary>
    internal ulong Highest { get; }

    /// <summary>One of them was written by a version that is not known here.</summary>
    internal bool OtherFormat { get; }
}
