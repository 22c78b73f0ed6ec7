using Synod.Paxos.Essential;

namespace Synod.Paxos.Practical;

/// <summary>
/// The acceptor of <see cref="Essential"/>, which also says so when it refuses, and can be passive: it obeys and
/// writes, and says nothing.
/// </summary>
/// <remarks>
/// Its memory may be ahead of its disk. That does no harm: every answer names the record it relies on, also the answer
/// to a repeated request, so none leaves before the first one's write; and a request that comes during a write is
/// neither dropped nor answered by that write, but by its own.
/// </remarks>
/// <param name="self">Its number.</param>
/// <param name="durable">What its disk holds; the default for a disk that was never written.</param>
public sealed class Acceptor(NodeId self, AcceptorState durable)
{
    private readonly Essential.Acceptor _paper = new(self, durable);

    /// <summary>Whether it answers. One that does not is still bound by what it has taken.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>What it has decided so far, which may be ahead of its disk.</summary>
    public AcceptorState State => _paper.State;

    /// <summary>Phase 1b: a Promise, or a Nack to who asks below the promise (Lamport 2001, §2.2).</summary>
    public Answer<AcceptorState, Promise> Step(in Prepare prepare) => Complete(_paper.Step(prepare), prepare.Ballot);

    /// <summary>Phase 2b: an Accepted, or a Nack to who asks below the promise (Lamport 2001, §2.2).</summary>
    public Answer<AcceptorState, Accepted> Step(in Accept accept) => Complete(_paper.Step(accept), accept.Ballot);

    private Answer<AcceptorState, TReply> Complete<TReply>(AfterWrite<AcceptorState, TReply>? reply, Ballot asked)
        where TReply : struct
    {
        if (reply is { } obeyed)
        {
            return new(obeyed.Record, IsActive ? obeyed : null, null);
        }
        return new(null, null, IsActive ? new Nack(self, asked, State.Promised) : null);
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        _paper.Write(writer);
        writer.Write(IsActive);
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _paper.Read(ref reader);
        IsActive = reader.ReadBool();
    }
}
