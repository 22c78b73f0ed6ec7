namespace Synod.Transport.Links;

/// <summary>Lets one log line through per interval and counts the others.</summary>
internal sealed class LineLimiter(TimeProvider clock, TimeSpan interval)
{
    private readonly Lock _gate = new();
    private long _lastLine;
    private bool _hadLine;
    private long _leftOut;

    /// <summary>Whether a line may be written now, and how many were left out since the last.</summary>
    public bool MayWrite(out long leftOut)
    {
        lock (_gate)
        {
            leftOut = _leftOut;
            if (_hadLine && clock.GetElapsedTime(_lastLine) < interval)
            {
                _leftOut++;
                return false;
            }
            (_hadLine, _lastLine, _leftOut) = (true, clock.GetTimestamp(), 0);
            return true;
        }
    }
}
