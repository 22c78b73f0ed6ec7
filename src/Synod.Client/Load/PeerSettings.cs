using System.Buffers.Binary;
using Synod.Client.Http2;

namespace Synod.Client.Load;

/// <summary>What the server announced in its SETTINGS. RFC 9113, §6.5.2.</summary>
internal struct PeerSettings
{
    /// <summary>The window before any announcement. RFC 9113, §6.9.2.</summary>
    public const int WindowBytesInitial = 65_535;

    private const int EntryBytes = 6;

    public PeerSettings()
    {
    }

    public int HeaderTableBytes = HpackDecoder.TableBytesDefault;
    public long StreamsMax = uint.MaxValue;
    public long StreamWindowBytes = WindowBytesInitial;
    public int FrameBytesMax = FrameReader.FrameBytesMax;

    public void Apply(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % EntryBytes != 0)
        {
            throw new Http2ProtocolException("a SETTINGS frame that ends inside a setting");
        }
        for (; !payload.IsEmpty; payload = payload[EntryBytes..])
        {
            uint value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(payload))
            {
                case SettingId.HeaderTableSize:
                    HeaderTableBytes = (int)Math.Min(value, int.MaxValue);
                    break;
                case SettingId.MaxConcurrentStreams:
                    StreamsMax = value;
                    break;
                case SettingId.InitialWindowSize when value <= int.MaxValue:
                    StreamWindowBytes = value;
                    break;
                case SettingId.MaxFrameSize when value is >= FrameReader.FrameBytesMax and <= FrameHeader.LengthMax:
                    FrameBytesMax = (int)value;
                    break;
                case SettingId.InitialWindowSize or SettingId.MaxFrameSize:
                    throw new Http2ProtocolException("a setting out of its range");
                default:
                    break;
            }
        }
    }
}
