using System.Text;
using Synod.Replication;
using Synod.Wire;

namespace Synod.Node;

/// <summary>What a node says of itself when it opens its session: where clients reach it. Replicated with the session.</summary>
internal static class About
{
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<string> clientUrls)
    {
        var writer = new ByteWriter(256);
        writer.U8(Version);
        writer.U32((uint)clientUrls.Count);
        foreach (var url in clientUrls)
        {
            writer.Bytes(Encoding.UTF8.GetBytes(url));
        }
        return writer.Memory;
    }

    /// <summary>The members with what each has said last; who has said nothing, or nothing readable, has no client URLs.</summary>
    public static IReadOnlyList<Member> Members(NodeOptions options, SessionTable sessions) =>
        [.. options.Members.Select(m => new Member(
            m.Id, PublicId(options.ClusterId, m.Name), m.Name, m.PeerUrls,
            m.Id == options.Self ? options.ClientUrls : Read(sessions.AboutOf(m.Id))))];

    /// <summary>The 64-bit id of a member towards clients: a hash of cluster and name (FNV-1a), never 0.</summary>
    public static ulong PublicId(ulong clusterId, string name)
    {
        var hash = unchecked(14695981039346656037ul ^ clusterId);
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash ^ b) * 1099511628211ul);
        }
        return hash == 0 ? 1 : hash;
    }

    private static List<string> Read(ReadOnlyMemory<byte> about)
    {
        if (about.IsEmpty)
        {
            return [];
        }
        var r = new ByteReader(about);
        var urls = new List<string>();
        if (r.U8() == Version)
        {
            var count = r.U32();
            for (var i = 0; i < count && !r.IsBad; i++)
            {
                urls.Add(Encoding.UTF8.GetString(r.Bytes().Span));
            }
        }
        return r.IsBad ? [] : urls;
    }

    private const byte Version = 1;
}
