using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Paxos;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>What the health pages find out.</summary>
internal static class HealthChecks
{
    /// <summary>A read that takes longer than this is as good as none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the query asks to leave a check out.</summary>
    public static bool IsExcluded(HttpRequest request, string check) =>
        request.Query["exclude"].Any(value => string.Equals(value, check, StringComparison.OrdinalIgnoreCase));

    /// <summary>Why reading failed, or null.</summary>
    public static async Task<string?> ReadTroubleAsync(
        INode node, TimeProvider time, bool linearizable, Action<OrderedStore>? look = null)
    {
        var read = NodeRead.RunAsync(node, linearizable, look ?? (static _ => { }));
        try
        {
            var status = await read.WaitAsync(Patience, time).ConfigureAwait(false);
            return status.IsOk ? null : status.Message;
        }
        catch (TimeoutException)
        {
            return EtcdErrors.TimedOut.Message;
        }
    }
}

/// <summary>
/// <c>/health</c>: whether this member serves, knows a leader, has space, and can read: by default as a client would,
/// with <c>?serializable=true</c> from its own state alone. <c>?exclude=NOSPACE</c> passes over a full disk, and over the
/// alarm of that name; <c>CORRUPT</c> likewise. Another member's full disk is no reason to send nobody here.
/// </summary>
internal sealed class HealthPage(INode node, TimeProvider time) : PlainPage
{
    /// <inheritdoc/>
    public override async Task ServeAsync(HttpContext http)
    {
        var serializable = string.Equals(http.Request.Query["serializable"], "true", StringComparison.Ordinal);
        var trouble = Glance(http.Request, serializable)
            ?? await AlarmAsync(http.Request).ConfigureAwait(false);
        if (trouble is null
            && await HealthChecks.ReadTroubleAsync(node, time, !serializable).ConfigureAwait(false) is { } readTrouble)
        {
            trouble = "RANGE ERROR:" + readTrouble;
        }
        if (trouble is null)
        {
            await Write(http, StatusCodes.Status200OK, VersionPage.Json, """{"health":"true","reason":""}""").ConfigureAwait(false);
            return;
        }
        var reason = JsonEncodedText.Encode(trouble);
        await Write(
            http, StatusCodes.Status503ServiceUnavailable, VersionPage.Json,
            $$"""{"health":"false","reason":"{{reason}}"}""").ConfigureAwait(false);
    }

    /// <summary>An alarm that was raised for the whole cluster, as this member knows it.</summary>
    private async Task<string?> AlarmAsync(HttpRequest request)
    {
        IReadOnlyList<Alarm> alarms = [];
        var trouble = await HealthChecks.ReadTroubleAsync(node, time, false, store => alarms = store.Alarms).ConfigureAwait(false);
        if (trouble is not null)
        {
            return "RANGE ERROR:" + trouble;
        }
        return alarms.Select(static alarm => KnownAlarms.NameOf((AlarmType)alarm.Kind))
            .Where(name => !HealthChecks.IsExcluded(request, name))
            .Select(static name => "ALARM " + name)
            .FirstOrDefault();
    }

    private string? Glance(HttpRequest request, bool serializable) => node.Status switch
    {
        { Fault: { } fault } => fault,
        { Serving: false } => "NOT SERVING",
        { NoSpace: not null } when !HealthChecks.IsExcluded(request, "NOSPACE") => "ALARM NOSPACE",
        { Leader: var leader } when leader == NodeId.None && !serializable => "RAFT NO LEADER",
        _ => null,
    };
}
