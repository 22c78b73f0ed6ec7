using System.Text;
using Google.Protobuf;

namespace Synod.Client.Etcd;

/// <summary>An interval of keys as requests carry it.</summary>
public readonly record struct KeyRange(ByteString Key, ByteString RangeEnd)
{
    private static readonly ByteString Zero = ByteString.CopyFrom(0);

    /// <summary>Just one key.</summary>
    public static KeyRange One(string key) => new(ByteString.CopyFromUtf8(key), ByteString.Empty);

    /// <summary>All keys that begin with the given bytes; all keys at all for none.</summary>
    public static KeyRange Prefix(string prefix)
    {
        byte[] start = Encoding.UTF8.GetBytes(prefix);
        // The next greater string of the same or lesser length: 0xff bytes at the end cannot grow.
        int last = Array.FindLastIndex(start, octet => octet != 0xff);
        if (last < 0)
        {
            return new KeyRange(start.Length == 0 ? Zero : ByteString.CopyFrom(start), Zero);
        }
        byte[] end = start[..(last + 1)];
        end[last]++;
        return new KeyRange(ByteString.CopyFrom(start), ByteString.CopyFrom(end));
    }
}
