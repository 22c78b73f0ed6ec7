using Synod.Paxos;
using Synod.Ports;

namespace Synod.Node;

/// <content>What clients ask of it: every request is ended once, also when it comes too late.</content>
public sealed partial class SynodNode
{
    /// <inheritdoc/>
    public void Submit(WriteRequest request)
    {
        if (IsEnding)
        {
            request.Fail(Failure.NotServing);
        }
        else if (!_writes.TryPost(request))
        {
            request.Fail(Failure.TooManyRequests);
        }
        else if (IsEnding)
        {
            while (_writes.TryTake(out var late)) // As in Post.
            {
                late.Fail(Failure.NotServing);
            }
        }
    }

    /// <inheritdoc/>
    public void Submit(ReadRequest request)
    {
        if (request.Linearizable)
        {
            Post(_reads, request);
        }
        else
        {
            Post(_direct, request);
        }
    }

    /// <inheritdoc/>
    public void Submit(WatchRequest request) => Post(_direct, request);

    /// <inheritdoc/>
    public void Submit(SnapshotStream request) => Post(_direct, request);

    /// <inheritdoc/>
    public void HandOver(NodeId to)
    {
        // With so many before it, one more wish is of no use.
        _handOvers.TryPost(to);
    }

    private void Post<T>(Mailbox<T> mailbox, T request) where T : NodeRequest
    {
        if (IsEnding)
        {
            request.Fail(Failure.NotServing);
        }
        else if (!mailbox.TryPost(request))
        {
            request.Fail(Failure.TooManyRequests);
        }
        else if (IsEnding)
        {
            // The node ended in between, and its actors may have looked into the mailbox for the last time. Whoever
            // posts to a node that has ended clears up; posting was a full fence, so one of the two sees the other.
            while (mailbox.TryTake(out var late))
            {
                late.Fail(Failure.NotServing);
            }
        }
    }
}
