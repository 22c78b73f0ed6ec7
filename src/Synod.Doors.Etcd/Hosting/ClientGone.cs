using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// Tells the end of a client from a fault of the door. A client that dies in the middle of a call is everyday life and
/// nothing to log as an error.
/// </summary>
internal static class ClientGone
{
    /// <summary>How long the server may take to say that a request was aborted after its pipes have failed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Whether the exception of a call means that its client is gone.</summary>
    /// <param name="exception">What the call threw.</param>
    /// <param name="grace">How long to wait for the abort where the exception alone does not tell.</param>
    /// <param name="aborted">Cancelled by the server when the request is aborted.</param>
    public static async ValueTask<bool> IsAsync(Exception exception, TimeSpan grace, CancellationToken aborted)
    {
        // A socket throws only when it is closed or broken, and often before anything else tells.
        if (exception is OperationCanceledException or ConnectionAbortedException or ConnectionResetException
            or WebSocketException)
        {
            return true;
        }
        if (exception is not (IOException or BadHttpRequestException or InvalidOperationException))
        {
            return false;
        }
        // The server fails a request's pipes first and cancels its token a moment later, on another thread.
        await Task.Delay(grace, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return aborted.IsCancellationRequested;
    }
}
