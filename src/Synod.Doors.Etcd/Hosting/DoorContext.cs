using Microsoft.AspNetCore.Http;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// What one HTTP/2 stream keeps between the calls it carries: Kestrel pools streams, so a busy connection allocates
/// nothing of this per call.
/// </summary>
internal sealed class DoorContext
{
    /// <summary>An answer's buffer larger than this is not kept for the next call.</summary>
    private const int KeptAnswerBytesMax = 64 * 1024;

    /// <summary>The request and its response.</summary>
    public DefaultHttpContext Http { get; } = new();

    /// <summary>Where the answer is put together.</summary>
    public PooledBuffer Answer { get; private set; } = new();

    /// <summary>Makes the buffer ready for the next call.</summary>
    /// <param name="lost">Somebody else may still write to it: leave it to them.</param>
    public void ResetAnswer(bool lost)
    {
        if (lost)
        {
            Answer = new PooledBuffer();
        }
        else if (Answer.Length > KeptAnswerBytesMax)
        {
            Answer.Return();
        }
        else
        {
            Answer.Clear();
        }
    }
}
