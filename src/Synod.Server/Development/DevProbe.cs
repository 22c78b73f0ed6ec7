using System.Net;
using Synod.Client.Etcd;

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

    /// <summary>A client of all nodes.</summary>
    public static EtcdClient ClientOf(DevOptions options) =>
        new([.. options.Plans.Select(plan => new Uri(plan.ClientUrl.ToString()))], RequestTimeout);

    /// <summary>How a node is, as it says itself; one that does not answer does not serve.</summary>
    public static async Task<DevLook> LookAtAsync(EtcdClient client, DevNodePlan plan, CancellationToken cancellation)
    {
        var endpoint = new Uri(plan.ClientUrl.ToString());
        try
        {
            var status = await client.StatusAsync(endpoint, cancellation).ConfigureAwait(false);
            return new DevLook(status.Leader != 0, status.Leader != 0 && status.Leader == status.Header.MemberId, status.RaftTerm);
        }
        catch (EtcdException)
        {
            return default; // Dead, paused or just starting: what there is to say of that, its end or its log says.
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
