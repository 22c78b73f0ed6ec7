using Synod.Paxos;

namespace Synod.Node;

/// <summary>
/// Linearizable reads of this node: one question to the leader is under way at a time, and all reads that come
/// meanwhile join the next one.
/// </summary>
internal sealed class ReadBatcher(ulong firstRequest)
{
    private List<ReadRequest> _waiting = [];
    private List<Instant> _waitingSince = []; // Of each in _waiting: in order, for they come in order.
    private List<ReadRequest>? _asked;
    private List<Instant> _askedSince = [];
    private ulong _request = firstRequest;

    public int Count => _waiting.Count + (_asked?.Count ?? 0);

    public void Add(ReadRequest read, Instant now)
    {
        _waiting.Add(read);
        _waitingSince.Add(now);
    }

    /// <summary>Reads wait and no question is under way.</summary>
    public bool CanBegin => _asked is null && _waiting.Count > 0;

    /// <summary>Begins the next question, if there is need and none is under way.</summary>
    public bool TryBegin(Instant now, out ulong request)
    {
        request = 0;
        if (_asked is not null || _waiting.Count == 0)
        {
            return false;
        }
        _asked = _waiting;
        _waiting = [];
        (_askedSince, _waitingSince) = (_waitingSince, _askedSince);
        _waitingSince.Clear();
        request = ++_request;
        return true;
    }

    /// <summary>The leader has answered question <paramref name="request"/>.</summary>
    /// <param name="request">The number under which it was asked.</param>
    /// <param name="reads">Those that waited for it and have not expired.</param>
    /// <param name="since">Since when the youngest has waited: whoever expires them all at once fails none too early.</param>
    public bool TryEnd(ulong request, out List<ReadRequest> reads, out Instant since)
    {
        reads = _asked!;
        since = _askedSince.Count > 0 ? _askedSince[^1] : default;
        if (_asked is null || request != _request)
        {
            return false;
        }
        _asked = null;
        return true;
    }

    /// <summary>Fails reads that have waited for too long. Reads change nothing, so the client may simply ask again.</summary>
    public void Expire(Instant now, TimeSpan timeout, Failure failure)
    {
        if (_asked is not null)
        {
            FailOld(_asked, _askedSince, now, timeout, failure);
            _asked = _asked.Count > 0 ? _asked : null;
        }
        FailOld(_waiting, _waitingSince, now, timeout, failure);
    }

    public void Stop(Failure failure) => Expire(Instant.Never, TimeSpan.Zero, failure);

    /// <summary>Each by its own age: who joined late has as long as everybody.</summary>
    private static void FailOld(
        List<ReadRequest> reads, List<Instant> since, Instant now, TimeSpan timeout, Failure failure)
    {
        var old = 0;
        while (old < reads.Count && now - since[old] >= timeout)
        {
            reads[old++].Fail(failure);
        }
        reads.RemoveRange(0, old);
        since.RemoveRange(0, old);
    }
}
