using Synod.Ports;
using Synod.Store;

namespace Synod.Node;

/// <summary>Why a request has no result.</summary>
public enum Failure
{
    /// <summary>Not done: a queue of this node is full.</summary>
    TooManyRequests,

    /// <summary>Not done: no leader was known for as long as the request may wait, and the command never left this node.</summary>
    NoLeader,

    /// <summary>Unknown: the command left this node and nothing was heard of it in time. It may still be carried out.</summary>
    TimedOut,

    /// <summary>Unknown: this node stops, or its session was superseded, while the command was under way.</summary>
    Stopped,

    /// <summary>Not done: the node was stopped or faulted before the command left.</summary>
    NotServing,

    /// <summary>Not done: this node's disk is full; it heals by itself when there is space again.</summary>
    NoSpace,

    /// <summary>Not done: the watcher or client is too slow or asks for too much.</summary>
    LimitExceeded,
}

/// <summary>
/// One client request, made by a door as a subclass. Exactly one of its endings is called, once, on the node's apply
/// actor (or on a posting thread when the node refuses at once or has just ended): endings must be short and must not block or throw.
/// </summary>
public abstract class NodeRequest
{
    /// <summary>The request has no result.</summary>
    public abstract void Fail(Failure failure);
}

/// <summary>A command to be chosen and applied.</summary>
public abstract class WriteRequest(ReadOnlyMemory<byte> command) : NodeRequest
{
    /// <summary>The store command's bytes, from here to the disk as they are; nobody writes to them again.</summary>
    public ReadOnlyMemory<byte> Command { get; } = command;

    /// <summary>The command was chosen and has just been applied on this node.</summary>
    /// <param name="outcome">What it came to.</param>
    /// <param name="store">The store right after the command; only to be read, only during the call.</param>
    public abstract void Applied(Outcome outcome, OrderedStore store);
}

/// <summary>A read, carried out on the apply actor.</summary>
public abstract class ReadRequest(bool linearizable) : NodeRequest
{
    /// <summary>Whether the read must see every write acknowledged before it began; else it sees this node's present state.</summary>
    public bool Linearizable { get; } = linearizable;

    /// <summary>The store is recent enough: read now.</summary>
    /// <param name="store">Only to be read, only during the call.</param>
    public abstract void Run(OrderedStore store);
}
