using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Synod.Protocol.Etcd;

namespace Synod.EndToEnd.Tests;

/// <summary>
/// Answers as text in which equal things are equal: what is an identity or a matter of time is taken out, what has no order
/// is sorted. Everything else stands there field by field.
/// </summary>
internal static class Normal
{
    private static readonly JsonFormatter s_formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    /// <summary>The text of an answer.</summary>
    public static string Of(IMessage answer)
    {
        Clean(answer);
        return s_formatter.Format(answer);
    }

    private static void Clean(IMessage message)
    {
        switch (message)
        {
            case ResponseHeader header:
                header.ClusterId = 0;
                header.MemberId = 0;
                header.RaftTerm = 0;
                return;
            case ResponseOp:
                return; // Within a transaction no identities are named.
            case LeaseTimeToLiveResponse left:
                // Seconds pass between one server's answer and the other's.
                left.TTL = Math.Sign(left.TTL);
                Sort(left.Keys, static key => key.ToBase64());
                break;
            case LeaseLeasesResponse leases:
                Sort(leases.Leases, static lease => $"{lease.ID}");
                break;
            case HashKVResponse hash:
                hash.Hash = 0; // Sums of two stores in two forms.
                hash.HashRevision = 0; // Only later releases have it.
                break;
            case AlarmResponse alarms:
                alarms.Header = null; // etcd's have none.
                Sort(alarms.Alarms, static alarm => $"{alarm.Alarm} {alarm.MemberID}");
                break;
        }
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(static f => f.FieldType == FieldType.Message))
        {
            if (field.IsRepeated)
            {
                foreach (IMessage inner in (System.Collections.IList)field.Accessor.GetValue(message))
                {
                    Clean(inner);
                }
            }
            else if (field.Accessor.GetValue(message) is IMessage inner)
            {
                Clean(inner);
            }
        }
    }

    private static void Sort<T>(RepeatedField<T> all, Func<T, string> by)
    {
        T[] sorted = [.. all.OrderBy(by, StringComparer.Ordinal)];
        all.Clear();
        all.AddRange(sorted);
    }
}
