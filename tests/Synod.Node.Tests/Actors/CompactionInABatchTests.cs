using System.Buffers;
using Synod.Store;

namespace Synod.Node.Tests;

/// <summary>A compaction in the same batch as the changes before it cancels nobody who had kept up.</summary>
public sealed class CompactionInABatchTests
{
    [Fact]
    public void Who_has_kept_up_gets_the_changes_before_a_compaction_of_the_same_batch()
    {
        var world = new WholeNode();
        world.Begin();
        var watching = new Watching();
        world.Node.Submit(watching);
        world.RunUntil("the watcher is there", () => watching.Watcher.CreatedAt is not null);
        var revision = world.Node.State.Store.CurrentRevision;
        RecordedWrite[] batch = [WholeNode.PutOf(1, "a"), WholeNode.PutOf(1, "b"), CompactionAt(revision + 2)];
        Array.ForEach(batch, world.Node.Submit);
        world.RunUntil("the batch is done", () => batch.All(write => write.Ended.Count == 1));
        world.Turn();
        Assert.Equal(revision + 2, world.Node.State.Store.CompactedRevision);
        Assert.Null(watching.Watcher.Ended);
        Assert.Equal(
            [RecordingWatcher.Name(revision + 1, "a", false), RecordingWatcher.Name(revision + 2, "b", false)],
            watching.Watcher.Sent);
    }

    private static RecordedWrite CompactionAt(long revision)
    {
        var command = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(command);
        writer.Begin();
        writer.Compact(revision);
        return new RecordedWrite(command.WrittenSpan.ToArray());
    }

    private sealed class Watching : WatchRequest
    {
        public RecordingWatcher Watcher { get; } = new(new RecordingStream(), WatchRange.From("a"u8.ToArray()), 0);

        public override void Run(WatchHub hub, OrderedStore store) => hub.Add(Watcher, store);

        public override void Fail(Failure failure) => Assert.Fail($"the watch was refused: {failure}");
    }
}
