using System.Buffers;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Ports;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>
/// All alarms that this member knows of: those that were raised by a command, and the lack of space that each member feels
/// and tells of itself.
/// </summary>
internal static class KnownAlarms
{
    private const int MostBytes = 16;

    /// <summary>Lists them, by kind and then by member.</summary>
    public static IEnumerable<AlarmMember> Of(INode node, DoorIdentity identity, OrderedStore store)
    {
        var status = node.Status;
        var all = new SortedSet<(AlarmType Kind, ulong Member)>(
            store.Alarms.Select(static alarm => ((AlarmType)alarm.Kind, alarm.Member)));
        if (status.NoSpace is not null)
        {
            all.Add((AlarmType.Nospace, identity.PublicIdOf(status.Self)));
        }
        all.UnionWith(status.FullPeers.Select(peer => (AlarmType.Nospace, identity.PublicIdOf(peer))));
        return all.Select(static alarm => new AlarmMember { MemberID = alarm.Member, Alarm = alarm.Kind });
    }

    /// <summary>What an alarm is called where there are only words.</summary>
    public static string NameOf(AlarmType kind) => kind switch
    {
        AlarmType.Nospace => "NOSPACE",
        AlarmType.Corrupt => "CORRUPT",
        _ => "NONE",
    };

    /// <summary>The command that raises or clears an alarm.</summary>
    public static byte[] Command(AlarmRequest request)
    {
        var output = new ArrayBufferWriter<byte>(MostBytes);
        var writer = new CommandWriter(output);
        var alarm = new Alarm(request.MemberID, (AlarmKind)Math.Clamp((int)request.Alarm, 0, byte.MaxValue));
        writer.Begin();
        if (request.Action == AlarmRequest.Types.AlarmAction.Activate)
        {
            writer.AlarmRaise(alarm);
        }
        else
        {
            writer.AlarmClear(alarm);
        }
        return output.WrittenSpan.ToArray();
    }
}

/// <summary>The list of alarms under way; it waits like a read, so that it holds what was raised before it.</summary>
internal sealed class AlarmListCall(INode node, AlarmType kind, PooledBuffer answer, DoorIdentity identity)
    : ReadCall(linearizable: true, answer)
{
    /// <inheritdoc/>
    protected override GrpcStatus Answer(OrderedStore store, PooledBuffer answer)
    {
        var list = new AlarmResponse { Header = identity.Now.Header(store.CurrentRevision) };
        list.Alarms.AddRange(KnownAlarms.Of(node, identity, store).Where(alarm => kind == AlarmType.None || alarm.Alarm == kind));
        AnswerWriter.Frame(answer, list);
        return GrpcStatus.Ok;
    }
}

/// <summary>An alarm that is being raised or cleared.</summary>
internal sealed class AlarmChangeCall(ReadOnlyMemory<byte> command, PooledBuffer answer, DoorIdentity identity)
    : WriteCall(command, answer)
{
    /// <inheritdoc/>
    protected override GrpcStatus Answer(Outcome outcome, OrderedStore store, PooledBuffer answer)
    {
        if (outcome is not AlarmOutcome changed)
        {
            return StoreErrors.StatusOf(((ErrorOutcome)outcome).Error);
        }
        var list = new AlarmResponse { Header = identity.Now.Header(changed.Revision) };
        list.Alarms.AddRange(changed.Alarms.Select(
            static alarm => new AlarmMember { MemberID = alarm.Member, Alarm = (AlarmType)alarm.Kind }));
        AnswerWriter.Frame(answer, list);
        return GrpcStatus.Ok;
    }
}
