using System.Globalization;
using System.Text;
using Synod.Paxos;
using Synod.Ports;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <summary>A directory record as a small text that an operator can read, closed by a checksum.</summary>
internal static class DirectoryText
{
    internal const int FormatVersion = 1;
    internal const int NameCharactersMax = 256;
    private const string Title = "synod data directory";
    private const int LinesBeforeMembers = 7;

    internal enum Verdict
    {
        Intact,
        Damaged,
        OtherFormat,
    }

    internal static byte[] Write(DirectoryRecord record, ulong serial)
    {
        Check.That(record.Name.Length <= NameCharactersMax && !record.Name.Any(char.IsControl));
        var text = new StringBuilder();
        Line(text, $"{Title}, format {FormatVersion}");
        Line(text, $"serial {serial}");
        Line(text, $"identity {record.Identity}");
        Line(text, $"cluster {record.ClusterId:x16}");
        Line(text, $"node {record.Node.Number} {record.Name}");
        Line(text, $"journal {(record.JournalBegun ? "begun" : "none")}");
        Line(text, $"active {(record.Active ? "yes" : "no")}");
        foreach (var member in record.Members)
        {
            Line(text, $"member {member.Node.Number} {member.Identity}");
        }
        var body = text.ToString();
        return Encoding.UTF8.GetBytes($"{body}checksum {ChecksumOf(body)}\n");
    }

    internal static Verdict Read(ReadOnlySpan<byte> bytes, out DirectoryRecord? record, out ulong serial)
    {
        record = null;
        serial = 0;
        var text = Encoding.UTF8.GetString(bytes);
        var last = text.LastIndexOf("checksum ", StringComparison.Ordinal);
        if (last < 0 || text[last..] != $"checksum {ChecksumOf(text[..last])}\n")
        {
            return Verdict.Damaged;
        }
        var lines = text[..last].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0] != $"{Title}, format {FormatVersion}")
        {
            return Verdict.OtherFormat;
        }
        try
        {
            record = Parse(lines, out serial);
            return Verdict.Intact;
        }
        catch (FormatException)
        {
            return Verdict.Damaged;
        }
    }

    private static DirectoryRecord Parse(string[] lines, out ulong serial)
    {
        if (lines.Length < LinesBeforeMembers)
        {
            throw new FormatException();
        }
        serial = ulong.Parse(After(lines[1], "serial "), CultureInfo.InvariantCulture);
        var node = After(lines[4], "node ").Split(' ', 2);
        var members = lines[LinesBeforeMembers..].Select(static line =>
        {
            var parts = After(line, "member ").Split(' ', 2);
            return new MemberIdentity(NodeOf(parts[0]), IdentityOf(parts[^1]));
        });
        return new DirectoryRecord(
            IdentityOf(After(lines[2], "identity ")),
            ulong.Parse(After(lines[3], "cluster "), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            NodeOf(node[0]), node[^1], After(lines[5], "journal ") == "begun", After(lines[6], "active ") == "yes",
            [.. members]);
    }

    private static string After(string line, string word) =>
        line.StartsWith(word, StringComparison.Ordinal) ? line[word.Length..] : throw new FormatException();

    private static NodeId NodeOf(string text) => new(uint.Parse(text, CultureInfo.InvariantCulture));

    private static DataIdentity IdentityOf(string text) =>
        new(UInt128.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    private static string ChecksumOf(string body) =>
        Crc32C.Of(Encoding.UTF8.GetBytes(body)).ToString("x8", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
