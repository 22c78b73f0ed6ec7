using System.Threading.Channels;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;

namespace Synod.Doors.Etcd.Services;

/// <summary>Slices of a snapshot on their way from the apply actor to one client; a few at a time.</summary>
internal sealed class DoorSnapshot : SnapshotStream
{
    private const int SlicesMax = 16;

    /// <summary>Not for a single reader: such a channel does not tell how much is in it.</summary>
    private readonly Channel<ReadOnlyMemory<byte>> _slices = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(
        new UnboundedChannelOptions { SingleWriter = true });

    private volatile bool _isAbandoned;

    /// <summary>The slices in order; completes with the last one.</summary>
    public ChannelReader<ReadOnlyMemory<byte>> Slices => _slices.Reader;

    /// <summary>Why there are no more, if it is not the end.</summary>
    public GrpcStatus Status { get; private set; } = GrpcStatus.Ok;

    /// <summary>The revision of the state.</summary>
    public long Revision { get; private set; }

    /// <inheritdoc/>
    public override bool HasRoom => _slices.Reader.Count < SlicesMax;

    /// <inheritdoc/>
    public override bool IsAbandoned => _isAbandoned;

    /// <summary>Nobody reads any more.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <inheritdoc/>
    public override void Begin(long revision) => Revision = revision;

    /// <inheritdoc/>
    public override void Take(ReadOnlyMemory<byte> bytes, bool isLast)
    {
        _slices.Writer.TryWrite(bytes);
        if (isLast)
        {
            _slices.Writer.Complete();
        }
    }

    /// <inheritdoc/>
    public override void Fail(Failure failure)
    {
        Status = EtcdErrors.Of(failure);
        _slices.Writer.Complete();
    }
}
