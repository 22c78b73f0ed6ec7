using System.Net;
using System.Net.Sockets;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Tests;

public sealed class OpeningTests
{
    [Fact]
    public async Task A_port_in_use_is_one_line_for_the_operator()
    {
        await using var first = await OpenDoor.OpenAsync();
        var error = await Assert.ThrowsAsync<DoorCannotOpenException>(
            () => OpenDoor.OpenAsync(() => new EtcdDoorOptions { ListenUrls = [first.Address] }));
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
        Assert.Contains(first.Address, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        await first.Client.PutAsync("a", "1");
    }

    [Theory]
    [InlineData("https://127.0.0.1:0", "TLS")]
    [InlineData("127.0.0.1:2379", "127.0.0.1:2379")]
    [InlineData("http://127.0.0.1:0/path", "path")]
    [InlineData("http://some.name:0", "some.name")]
    public async Task An_address_that_cannot_be_listened_on_is_named(string url, string named)
    {
        var error = await Assert.ThrowsAsync<DoorCannotOpenException>(
            () => OpenDoor.OpenAsync(() => new EtcdDoorOptions { ListenUrls = [url] }));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Two_addresses_are_served_alike()
    {
        await using var door = await OpenDoor.OpenAsync(
            () => new EtcdDoorOptions { ListenUrls = ["http://127.0.0.1:0", "http://localhost:0"] });
        Assert.Equal(2, door.Door.Addresses.Count);
        foreach (var address in door.Door.Addresses)
        {
            using var client = new GrpcClient(address);
            await client.PutAsync("a", address);
        }
        Assert.Equal(2, door.Node.Writes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Garbage_on_the_port_disturbs_nobody(int seed)
    {
        await using var door = await OpenDoor.OpenAsync();
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            var garbage = new byte[random.Next(1, 4096)];
            random.NextBytes(garbage);
            if (i % 3 == 0)
            {
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8[..Math.Min(24, garbage.Length)].CopyTo(garbage);
            }
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(door.Address).Port);
            await socket.SendAsync(garbage);
            socket.Shutdown(SocketShutdown.Send);
            using var deadline = new CancellationTokenSource(Deadlines.Call);
            var answer = new byte[4096];
            try
            {
                while (await socket.ReceiveAsync(answer, deadline.Token) > 0)
                {
                    // An error of HTTP/1.1 or a GOAWAY, then the end.
                }
            }
            catch (SocketException)
            {
                // Reset: an end, too.
            }
        }
        await door.Client.PutAsync("a", "1");
    }

    [Fact]
    public async Task A_closing_door_ends_watch_streams_with_a_status()
    {
        var door = await OpenDoor.OpenAsync();
        using var watch = await door.Client.OpenAsync("/etcdserverpb.Watch/Watch");
        await watch.SendAsync(WatchStreamTests.CreateOf("a"));
        Assert.True((await watch.NextAsync()).Created);
        var closing = door.Door.DisposeAsync();
        Assert.Null(await watch.NextAsync(Synod.Protocol.Etcd.WatchResponse.Parser));
        Assert.Equal(new GrpcEnding(14, "etcdserver: server stopped", false), watch.Ending);
        watch.Dispose();
        await closing;
        await door.DisposeAsync();
    }
}
