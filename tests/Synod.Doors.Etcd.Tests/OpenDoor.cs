using Microsoft.Extensions.Logging.Abstractions;
using Synod.Doors.Etcd.Hosting;
using Synod.Node;

namespace Synod.Doors.Etcd.Tests;

/// <summary>A real door on a free port before a node that is a test double.</summary>
public sealed class OpenDoor : IAsyncDisposable
{
    private OpenDoor(SingleNode node, EtcdDoor door)
    {
        Node = node;
        Door = door;
        Client = new GrpcClient(Address);
    }

    public SingleNode Node { get; }

    public EtcdDoor Door { get; }

    public GrpcClient Client { get; }

    public string Address => Door.Addresses[0];

    public static async Task<OpenDoor> OpenAsync(
        Func<EtcdDoorOptions>? options = null, WatchLimits? watchLimits = null, TimeProvider? time = null)
    {
        var node = new SingleNode(watchLimits);
        var door = await EtcdDoor.OpenAsync(
            node,
            options?.Invoke() ?? new EtcdDoorOptions { ListenUrls = ["http://127.0.0.1:0"] },
            NullLoggerFactory.Instance,
            time);
        node.Members = [node.Members[0] with { ClientUrls = [door.Addresses[0]] }];
        return new OpenDoor(node, door);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Door.DisposeAsync();
        Node.Dispose();
    }
}
