using System.Globalization;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;

namespace Synod.Client.Commands;

/// <summary>The table that `synod status` prints: one row per endpoint.</summary>
internal sealed class StatusTable(IReadOnlyList<Uri> endpoints, TimeSpan timeout, TextWriter output, TextWriter error)
{
    private static readonly string[] Headings =
        ["ENDPOINT", "ID", "NAME", "VERSION", "ROLE", "TERM", "INDEX", "DB SIZE"];

    public async Task<int> PrintAsync(bool json, CancellationToken cancellation)
    {
        using var client = new EtcdClient(endpoints, timeout);
        Task<Row>[] asked = [.. endpoints.Select(endpoint => AskAsync(client, endpoint, cancellation))];
        Row[] rows = await Task.WhenAll(asked).ConfigureAwait(false);
        bool anyAnswered = rows.Any(row => row.Status is not null);
        Dictionary<ulong, string> names =
            anyAnswered ? await NamesAsync(client, cancellation).ConfigureAwait(false) : [];
        if (json)
        {
            foreach (Row row in rows)
            {
                await output.WriteLineAsync(Json(row, names)).ConfigureAwait(false);
            }
        }
        else if (anyAnswered)
        {
            await PrintTableAsync(rows, names).ConfigureAwait(false);
        }
        foreach (Row row in rows.Where(row => row.Failure is not null))
        {
            await error.WriteLineAsync("synod: " + row.Failure).ConfigureAwait(false);
        }
        return rows.All(row => row.Failure is null) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<Row> AskAsync(EtcdClient client, Uri endpoint, CancellationToken cancellation)
    {
        try
        {
            return new Row(endpoint, await client.StatusAsync(endpoint, cancellation).ConfigureAwait(false), null);
        }
        catch (EtcdException exception)
        {
            return new Row(endpoint, null, exception.Message);
        }
        catch (OperationCanceledException)
        {
            return new Row(endpoint, null, "interrupted");
        }
    }

    private async Task<Dictionary<ulong, string>> NamesAsync(EtcdClient client, CancellationToken cancellation)
    {
        try
        {
            MemberListResponse members = await client.MemberListAsync(cancellation).ConfigureAwait(false);
            return members.Members.ToDictionary(member => member.ID, member => member.Name);
        }
        catch (EtcdException exception)
        {
            // The table is useful without names.
            await error.WriteLineAsync("synod: no names: " + exception.Message).ConfigureAwait(false);
            return [];
        }
    }

    private async Task PrintTableAsync(Row[] rows, Dictionary<ulong, string> names)
    {
        var lines = new List<string[]> { Headings };
        foreach (Row row in rows)
        {
            lines.Add(row.Status is { } status
                ? Cells(row.Endpoint, status, names)
                : [row.Endpoint.Authority, "unreachable"]);
            if (row.Status is { Errors.Count: > 0 } ill)
            {
                await error.WriteLineAsync($"synod: {row.Endpoint.Authority} reports: {string.Join(", ", ill.Errors)}")
                    .ConfigureAwait(false);
            }
        }
        int[] widths = [.. Headings.Select((_, column) =>
            lines.Max(line => column < line.Length ? line[column].Length : 0))];
        foreach (string[] line in lines)
        {
            string text = string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column])));
            await output.WriteLineAsync(text.TrimEnd()).ConfigureAwait(false);
        }
    }

    private static string[] Cells(Uri endpoint, StatusResponse status, Dictionary<ulong, string> names)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        ulong id = status.Header?.MemberId ?? 0;
        return
        [
            endpoint.Authority,
            id.ToString("x", culture),
            names.GetValueOrDefault(id, "?"),
            status.Version,
            RoleOf(status),
            status.RaftTerm.ToString(culture),
            status.RaftIndex.ToString(culture),
            SizeText(status.DbSize),
        ];
    }

    private static string RoleOf(StatusResponse status) => status switch
    {
        { IsLearner: true } => "learner",
        { Leader: 0 } => "no leader",
        _ when status.Leader == status.Header?.MemberId => "leader",
        _ => "follower",
    };

    private static string SizeText(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            size /= 1024;
            unit++;
        }
        return size.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    private static string Json(Row row, Dictionary<ulong, string> names) => JsonText.Write(json =>
    {
        json.WriteString("endpoint", row.Endpoint.Authority);
        if (row.Status is not { } status)
        {
            json.WriteString("failure", row.Failure);
            return;
        }
        json.WriteString("id", (status.Header?.MemberId ?? 0).ToString("x", CultureInfo.InvariantCulture));
        json.WriteString("name", names.GetValueOrDefault(status.Header?.MemberId ?? 0, "?"));
        json.WriteString("version", status.Version);
        json.WriteString("role", RoleOf(status));
        json.WriteNumber("term", status.RaftTerm);
        json.WriteNumber("index", status.RaftIndex);
        json.WriteNumber("revision", status.Header?.Revision ?? 0);
        json.WriteNumber("dbSize", status.DbSize);
    });

    private sealed record Row(Uri Endpoint, StatusResponse? Status, string? Failure);
}
