using System.Text;
using Synod.Client.Http2;

namespace Synod.Client.Tests.Http2;

/// <summary>Collects decoded fields as text.</summary>
internal sealed class Fields : IHeaderSink
{
    public List<string> Seen { get; } = [];

    public static List<string> Decode(HpackDecoder decoder, byte[] block)
    {
        var fields = new Fields();
        decoder.Decode(block, ref fields);
        return fields.Seen;
    }

    public void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value) =>
        Seen.Add(Encoding.Latin1.GetString(name) + ": " + Encoding.Latin1.GetString(value));
}
