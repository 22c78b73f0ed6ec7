namespace Synod.Client.Load;

/// <summary>One request to send.</summary>
internal readonly record struct PlannedRequest(bool IsPut, int Key, ulong Salt);

/// <summary>
/// The gRPC bodies of all requests of a run: encoded once, of constant length; only key digits and a few bytes of the
/// value differ. Field numbers: etcd v3, RangeRequest and PutRequest.
/// </summary>
internal sealed class RequestMessages
{
    public const string PutPath = "/etcdserverpb.KV/Put";
    public const string RangePath = "/etcdserverpb.KV/Range";

    private const int GrpcPrefixBytes = 5;
    private const int KeyOffset = GrpcPrefixBytes + 2;
    private const byte KeyTag = 0x0a;
    private const byte ValueTag = 0x12;
    private const byte SerializableTag = 0x38;

    private readonly int _keyBytes;
    private readonly int _saltOffset;
    private readonly int _saltBytes;

    public RequestMessages(LoadPlan plan)
    {
        _keyBytes = plan.KeyBytes;
        byte[] serializable = plan.Mode == LoadMode.GetSerializable ? [SerializableTag, 1] : [];
        Get = Frame([.. Key(plan), .. serializable]);
        byte[] value = new byte[plan.ValueBytes];
        var random = new LoadRandom(plan.Seed ^ 0x76616c7565);
        for (int at = 0; at < value.Length; at++)
        {
            value[at] = (byte)('a' + random.Below(26));
        }
        byte[] length = Varint(value.Length);
        Put = Frame([.. Key(plan), ValueTag, .. length, .. value]);
        _saltOffset = Put.Length - value.Length;
        _saltBytes = Math.Min(16, value.Length);
    }

    /// <summary>The body of a get.</summary>
    public byte[] Get { get; }

    /// <summary>The body of a put.</summary>
    public byte[] Put { get; }

    /// <summary>The length of the longest body.</summary>
    public int LongestBytes => Math.Max(Get.Length, Put.Length);

    /// <summary>The template of the request, with this request's key and value written into it.</summary>
    public ReadOnlySpan<byte> Body(PlannedRequest request)
    {
        byte[] body = request.IsPut ? Put : Get;
        int rest = request.Key;
        for (int at = KeyOffset + _keyBytes - 1; rest > 0 || at > KeyOffset; at--)
        {
            body[at] = (byte)('0' + (rest % 10));
            rest /= 10;
        }
        if (request.IsPut)
        {
            ulong salt = request.Salt;
            foreach (ref byte octet in body.AsSpan(_saltOffset, _saltBytes))
            {
                octet = (byte)('a' + (salt & 15));
                salt >>= 4;
            }
        }
        return body;
    }

    /// <summary>Whether a RangeResponse, given from its start, holds a key: field 2 follows the header, field
    /// 1.</summary>
    public static bool HoldsKey(ReadOnlySpan<byte> response)
    {
        if (response.Length > 1 && response[0] == KeyTag && response[1] < 0x80)
        {
            int next = 2 + response[1];
            return next < response.Length && response[next] == ValueTag;
        }
        return false;
    }

    private static byte[] Key(LoadPlan plan)
    {
        byte[] field = new byte[2 + plan.KeyBytes];
        field.AsSpan().Fill((byte)'0');
        field[0] = KeyTag;
        field[1] = (byte)plan.KeyBytes;
        field[2] = (byte)'k';
        return field;
    }

    private static byte[] Frame(byte[] message)
    {
        byte[] body = new byte[GrpcPrefixBytes + message.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Length);
        message.CopyTo(body, GrpcPrefixBytes);
        return body;
    }

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        while (value >= 0x80)
        {
            bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
