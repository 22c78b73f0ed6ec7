using System.Globalization;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;

namespace Synod.Client.Commands;

/// <summary>The table that `synod status` prints: one row per member, and one per endpoint that is no member's.</summary>
internal sealed class StatusTable(IReadOnlyList<Uri> endpoints, TimeSpan timeout, TextWriter output, TextWriter error)
{
    private static readonly string[] Headings =
        ["ENDPOINT", "ID", "NAME", "VERSION", "ROLE", "TERM", "INDEX", "DB SIZE"];

    public async Task<int> PrintAsync(bool json, CancellationToken cancellation)
    {
        using var client = new EtcdClient(endpoints, timeout);
        Row[] given = await Task.WhenAll(endpoints.Select(endpoint => AskAsync(client, endpoint, cancellation)))
            .ConfigureAwait(false);
        Row[] rows = await WithMembersAsync(client, given, cancellation).ConfigureAwait(false);
        if (json)
        {
            foreach (Row row in rows)
            {
                await output.WriteLineAsync(Json(row)).ConfigureAwait(false);
            }
        }
        else if (rows.Any(row => row.Status is not null))
        {
            await PrintTableAsync(rows).ConfigureAwait(false);
        }
        foreach (Row row in rows.Where(row => row.Failure is not null))
        {
            await error.WriteLineAsync("synod: " + row.Failure).ConfigureAwait(false);
        }
        return rows.All(row => row.Failure is null) ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>
    /// The whole cluster, as the first endpoint that answers knows it: members that were not asked yet are, where they say that
    /// clients reach them.
    /// </summary>
    private async Task<Row[]> WithMembersAsync(EtcdClient client, Row[] given, CancellationToken cancellation)
    {
        if (!given.Any(row => row.Status is not null))
        {
            return given;
        }
        Member[] members;
        try
        {
            MemberListResponse list = await client.MemberListAsync(cancellation).ConfigureAwait(false);
            members = [.. list.Members.OrderBy(member => member.Name, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is EtcdException or OperationCanceledException)
        {
            // What was asked is known all the same.
            await error.WriteLineAsync("synod: no list of members: " + exception.Message).ConfigureAwait(false);
            return given;
        }
        Row[] rows = await Task.WhenAll(members.Select(member => OfMemberAsync(client, member, given, cancellation)))
            .ConfigureAwait(false);
        IEnumerable<Row> strangers = given.Where(row => !rows.Any(shown => shown.Endpoint == row.Endpoint));
        return [.. rows, .. strangers];
    }

    private static async Task<Row> OfMemberAsync(
        EtcdClient client, Member member, Row[] given, CancellationToken cancellation)
    {
        Row? row = Array.Find(given, asked => asked.Status?.Header?.MemberId == member.ID);
        foreach (string url in member.ClientURLs)
        {
            if (row?.Status is not null || !Uri.TryCreate(url, UriKind.Absolute, out Uri? endpoint))
            {
                continue;
            }
            row = Array.Find(given, asked => asked.Endpoint == endpoint)
                ?? await AskAsync(client, endpoint, cancellation).ConfigureAwait(false);
        }
        return (row ?? new Row(null, null, $"{member.Name}: nobody knows yet where clients reach it")) with { Name = member.Name };
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

    private async Task PrintTableAsync(Row[] rows)
    {
        var lines = new List<string[]> { Headings };
        foreach (Row row in rows)
        {
            lines.Add(row.Status is { } status ? Cells(row, status) : [row.Address, "", row.Name, "", "unreachable"]);
            if (row.Status is { Errors.Count: > 0 } ill)
            {
                await error.WriteLineAsync($"synod: {row.Address} reports: {string.Join(", ", ill.Errors)}")
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

    private static string[] Cells(Row row, StatusResponse status)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        ulong id = status.Header?.MemberId ?? 0;
        return
        [
            row.Address,
            id.ToString("x", culture),
            row.Name,
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

    private static string Json(Row row) => JsonText.Write(json =>
    {
        json.WriteString("endpoint", row.Address);
        json.WriteString("name", row.Name);
        if (row.Status is not { } status)
        {
            json.WriteString("failure", row.Failure);
            return;
        }
        json.WriteString("id", (status.Header?.MemberId ?? 0).ToString("x", CultureInfo.InvariantCulture));
        json.WriteString("version", status.Version);
        json.WriteString("role", RoleOf(status));
        json.WriteNumber("term", status.RaftTerm);
        json.WriteNumber("index", status.RaftIndex);
        json.WriteNumber("revision", status.Header?.Revision ?? 0);
        json.WriteNumber("dbSize", status.DbSize);
    });

    private sealed record Row(Uri? Endpoint, StatusResponse? Status, string? Failure)
    {
        public string Name { get; init; } = "?";

        public string Address => Endpoint?.Authority ?? "?";
    }
}
