using System.Net;

namespace Synod.Server.Development;

/// <summary>Asks nodes how they are, as any client could.</summary>
internal sealed class DevProbe : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = RequestTimeout };

    /// <summary>Asks again and again until the node says that it serves.</summary>
    public async Task WaitUntilServingAsync(DevNodePlan plan, CancellationToken cancellation)
    {
        while (!await IsServingAsync(plan, cancellation).ConfigureAwait(false))
        {
            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<bool> IsServingAsync(DevNodePlan plan, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"{plan.ClientUrl}/health"), cancellation).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException
            || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false; // Not listening yet, or too busy starting to answer: asked again.
        }
    }
}
