using System.Text;
using Microsoft.AspNetCore.Http;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>A page for people, probes and scrapers, over either HTTP version.</summary>
internal abstract class PlainPage
{
    /// <summary>Answers a GET or HEAD.</summary>
    public abstract Task ServeAsync(HttpContext http);

    /// <summary>Writes a whole answer.</summary>
    public static Task Write(HttpContext http, int status, string contentType, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask : http.Response.Body.WriteAsync(bytes).AsTask();
    }
}
