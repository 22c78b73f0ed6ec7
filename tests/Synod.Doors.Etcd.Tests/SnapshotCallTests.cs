using System.Security.Cryptography;
using Synod.Node;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Tests;

/// <summary>The stream of a snapshot: every slice in order, padded and summed up as etcd's clients expect it.</summary>
public sealed class SnapshotCallTests : IAsyncLifetime
{
    private const string Snapshot = "/etcdserverpb.Maintenance/Snapshot";
    private OpenDoor _door = null!;

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Theory]
    [InlineData(100, 1)]
    [InlineData(512, 1)]
    [InlineData(70_000, 40)]
    [InlineData(600_000, 3)]
    public async Task All_slices_come_then_zeros_up_to_a_unit_then_the_hash(int bytes, int slices)
    {
        var random = new Random(bytes);
        var all = new List<byte[]>();
        for (var i = 0; i < slices; i++)
        {
            all.Add(new byte[bytes]);
            random.NextBytes(all[^1]);
        }
        _door.Node.SnapshotSlices = all;
        await _door.Client.PutAsync("a", "1");
        var (ending, messages) = await _door.Client.SendAsync(Snapshot, GrpcClient.Frame([]));
        Assert.Equal(0, ending.Code);
        var answers = messages.Select(SnapshotResponse.Parser.ParseFrom).ToList();
        Assert.All(answers, answer => Assert.Equal(2, answer.Header.Revision));
        Assert.All(answers.SkipLast(1), answer => Assert.NotEqual(0UL, answer.RemainingBytes));
        Assert.Equal(0UL, answers[^1].RemainingBytes);
        byte[] whole = [.. answers.SelectMany(answer => answer.Blob.ToByteArray())];
        Assert.Equal(SnapshotArchive.HashBytes, whole.Length % SnapshotArchive.UnitBytes);
        byte[] given = [.. all.SelectMany(slice => slice)];
        Assert.Equal(given, whole.Take(given.Length));
        Assert.All(whole[given.Length..^SnapshotArchive.HashBytes], b => Assert.Equal(0, b));
        Assert.Equal(SHA256.HashData(whole.AsSpan(0, whole.Length - SnapshotArchive.HashBytes)), whole[^SnapshotArchive.HashBytes..]);
    }

    [Fact]
    public async Task A_snapshot_that_breaks_off_ends_with_its_reason_and_without_a_last_piece()
    {
        _door.Node.SnapshotSlices = [new byte[100]];
        _door.Node.FailWith = Failure.LimitExceeded;
        var (ending, messages) = await _door.Client.SendAsync(Snapshot, GrpcClient.Frame([]));
        Assert.Equal(8, ending.Code);
        Assert.DoesNotContain(messages.Select(SnapshotResponse.Parser.ParseFrom), answer => answer.RemainingBytes == 0);
    }
}
