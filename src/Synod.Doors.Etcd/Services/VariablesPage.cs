using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Node;

namespace Synod.Doors.Etcd.Services;

/// <summary>
/// <c>/debug/vars</c>: who this member is, where it stands, and its memory, as JSON under the names that etcd's watchers
/// look for where they mean the same. All of it, and more, is in <c>/metrics</c>.
/// </summary>
internal sealed class VariablesPage(INode node, DoorIdentity identity) : PlainPage
{
    /// <inheritdoc/>
    public override Task ServeAsync(HttpContext http)
    {
        var status = node.Status;
        var memory = GC.GetGCMemoryInfo();
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("server.id", Hex(identity.PublicIdOf(status.Self)));
            json.WriteStartObject("raft.status");
            json.WriteString("id", Hex(identity.PublicIdOf(status.Self)));
            json.WriteNumber("term", status.Ballot.Round);
            json.WriteString("vote", Hex(identity.PublicIdOf(status.Ballot.Node)));
            json.WriteNumber("commit", status.ChosenUpTo.Number);
            json.WriteString("lead", Hex(identity.PublicIdOf(status.Leader)));
            json.WriteString("raftState", status.Leader == status.Self ? "StateLeader" : "StateFollower");
            json.WriteNumber("applied", status.AppliedUpTo.Number);
            json.WriteEndObject();
            json.WriteStartObject("memstats");
            json.WriteNumber("HeapAlloc", GC.GetTotalMemory(forceFullCollection: false));
            json.WriteNumber("HeapSys", memory.TotalCommittedBytes);
            json.WriteNumber("NumGC", GC.CollectionCount(0));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Write(http, StatusCodes.Status200OK, VersionPage.Json, Encoding.UTF8.GetString(text.WrittenSpan));
    }

    private static string Hex(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);
}
