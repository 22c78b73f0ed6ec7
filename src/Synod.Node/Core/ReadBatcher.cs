using Synod.Paxos;

namespace Synod.Node;

/// <summary>
/// Linearizable reads of this node: one question to the leader is under way at a time, and all reads that come
/// meanwhile join the next one.
/// </summary>
internal sealed class ReadBatcher(ulong firstRequest)
{
    private List<ReadRequest> _waiting = [];
    private List<ReadRequest>? _asked;
    private ulong _request = firstRequest;
    private Instant _askedAt;
    private Instant _waitingSince;

    public int Count => _waiting.Count + (_asked?.Count ?? 0);

    public void Add(ReadRequest read, Instant now)
    {
        if (_waiting.Count == 0)
        {
            _waitingSince = now;
        }
        _waiting.Add(read);
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
        _askedAt = _waitingSince;
        request = ++_request;
        return true;
    }

    /// <summary>The leader has answered question <paramref name="request"/>.</summary>
    public bool TryEnd(ulong request, out List<ReadRequest> reads, out Instant since)
    {
        reads = _asked!;
        since = _askedAt;
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
        if (_asked is not null && now - _askedAt >= timeout)
        {
            FailAll(_asked, failure);
            _asked = null;
        }
        if (_waiting.Count > 0 && now - _waitingSince >= timeout)
        {
            FailAll(_waiting, failure);
            _waiting.Clear();
        }
    }

    public void Stop(Failure failure) => Expire(Instant.Never, TimeSpan.Zero, failure);

    private static void FailAll(List<ReadRequest> reads, Failure failure)
    {
        foreach (var read in reads)
        {
            read.Fail(failure);
        }
    }
}
