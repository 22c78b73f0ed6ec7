using System.Text;

namespace Synod.Client.Http2;

/// <summary>A header field as bytes.</summary>
internal sealed record HeaderField(byte[] Name, byte[] Value)
{
    /// <summary>What RFC 7541, §4.1 counts for an entry of the dynamic table.</summary>
    public int TableBytes => Name.Length + Value.Length + 32;
}

/// <summary>HPACK's static table. RFC 7541, Appendix A.</summary>
internal static class HpackStaticTable
{
    public const int Count = 61;
    public const int Authority = 1;
    public const int MethodPost = 3;
    public const int Path = 4;
    public const int SchemeHttp = 6;
    public const int ContentType = 31;
    public const int UserAgent = 58;

    // name, or name=value
    private const string Entries =
        ":authority :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https :status=200 :status=204 " +
        ":status=206 :status=304 :status=400 :status=404 :status=500 accept-charset accept-encoding=gzip,_deflate " +
        "accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control " +
        "content-disposition content-encoding content-language content-length content-location content-range content-type " +
        "cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since " +
        "last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after " +
        "server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate";

    private static readonly HeaderField[] Fields = Build();

    /// <summary>The entry with an index from 1 to <see cref="Count"/>.</summary>
    public static HeaderField Get(int index) => Fields[index - 1];

    private static HeaderField[] Build() =>
        Array.ConvertAll(Entries.Split(' '), entry =>
        {
            int cut = entry.IndexOf('=', StringComparison.Ordinal);
            string name = cut < 0 ? entry : entry[..cut];
            string value = cut < 0 ? "" : entry[(cut + 1)..].Replace('_', ' ');
            return new HeaderField(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
        });
}
