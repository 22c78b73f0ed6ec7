using System.Text;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Node;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>One thing that a probe looks at.</summary>
/// <param name="Name">What it is called in <c>?exclude=</c> and in paths.</param>
/// <param name="TroubleAsync">Why it does not hold, or null.</param>
internal sealed record ProbeCheck(string Name, Func<INode, TimeProvider, Task<string?>> TroubleAsync)
{
    /// <summary>No alarm says that the state is not to be trusted, as far as this member knows.</summary>
    public static readonly ProbeCheck NoCorruption = new("data_corruption", static async (node, time) =>
    {
        var isCorrupt = false;
        var trouble = await HealthChecks.ReadTroubleAsync(
            node, time, false, store => isCorrupt = store.Alarms.Any(static alarm => alarm.Kind == AlarmKind.Corrupt)).ConfigureAwait(false);
        return isCorrupt ? "alarm CORRUPT" : trouble;
    });

    /// <summary>This member reads its own state.</summary>
    public static readonly ProbeCheck SerializableRead =
        new("serializable_read", static (node, time) => HealthChecks.ReadTroubleAsync(node, time, false));

    /// <summary>This member reads what all have agreed on.</summary>
    public static readonly ProbeCheck LinearizableRead =
        new("linearizable_read", static (node, time) => HealthChecks.ReadTroubleAsync(node, time, true));
}

/// <summary>
/// <c>/livez</c>: whether restarting this member would help. <c>/readyz</c>: whether clients should be sent to it. Both in
/// words with <c>?verbose</c>, without a check with <c>?exclude=</c>, and with a single one below its own path.
/// </summary>
internal sealed class ProbePage(INode node, TimeProvider time, IReadOnlyList<ProbeCheck> checks) : PlainPage
{
    /// <summary>The pages by path: each probe, and each of its checks.</summary>
    public static IEnumerable<KeyValuePair<string, PlainPage>> All(INode node, TimeProvider time)
    {
        (string Path, ProbeCheck[] Checks)[] probes =
        [
            ("/livez", [ProbeCheck.SerializableRead]),
            ("/readyz", [ProbeCheck.NoCorruption, ProbeCheck.SerializableRead, ProbeCheck.LinearizableRead]),
        ];
        foreach (var (path, checks) in probes)
        {
            yield return new(path, new ProbePage(node, time, checks));
            foreach (var check in checks)
            {
                yield return new($"{path}/{check.Name}", new ProbePage(node, time, [check]));
            }
        }
    }

    /// <inheritdoc/>
    public override async Task ServeAsync(HttpContext http)
    {
        var text = new StringBuilder();
        var isWell = true;
        foreach (var check in checks)
        {
            if (HealthChecks.IsExcluded(http.Request, check.Name))
            {
                text.Append(null, $"[+]{check.Name} excluded: ok\n");
                continue;
            }
            var trouble = node.Status.Fault ?? await check.TroubleAsync(node, time).ConfigureAwait(false);
            text.Append(trouble is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: {trouble}\n");
            isWell &= trouble is null;
        }
        if (isWell && !http.Request.Query.ContainsKey("verbose"))
        {
            text.Clear();
        }
        text.Append(isWell ? "ok\n" : "not ok\n");
        var status = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await Write(http, status, "text/plain; charset=utf-8", text.ToString()).ConfigureAwait(false);
    }
}
