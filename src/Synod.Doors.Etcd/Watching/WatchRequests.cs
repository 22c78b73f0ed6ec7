using Synod.Node;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Watching;

/// <summary>What a client's words about a watcher mean.</summary>
internal static class WatchRequests
{
    private static readonly byte[] LowestKey = [0];

    /// <summary>The range that a request names; false if no key can be in it.</summary>
    public static bool TryRange(WatchCreateRequest request, out WatchRange range)
    {
        // No key at all means the lowest one, which with an open end is everything.
        ReadOnlyMemory<byte> key = request.Key.IsEmpty ? LowestKey : request.Key.Memory;
        if (request.RangeEnd.IsEmpty)
        {
            range = WatchRange.Single(key);
        }
        else if (request.RangeEnd.Length == 1 && request.RangeEnd[0] == 0)
        {
            range = WatchRange.From(key);
        }
        else
        {
            range = WatchRange.Below(key, request.RangeEnd.Memory);
        }
        return !range.IsEmpty;
    }

    /// <summary>What else a request asks for.</summary>
    public static WatcherChoices ChoicesOf(WatchCreateRequest request) => new(
        WantsPuts: !request.Filters.Contains(WatchCreateRequest.Types.FilterType.Noput),
        WantsDeletes: !request.Filters.Contains(WatchCreateRequest.Types.FilterType.Nodelete),
        WantsPrevious: request.PrevKv,
        MayFragment: request.Fragment);
}
