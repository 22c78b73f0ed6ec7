using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Node;

/// <summary>A command of this node whose outcome somebody waits for.</summary>
internal readonly record struct Registration(ulong Session, ulong Sequence, WriteRequest Request);

/// <summary>A command of this node that is not waited for any longer.</summary>
internal readonly record struct Expiry(ulong Session, ulong Sequence, Failure Failure);

/// <summary>Reads that may run once everything up to the index is applied; given up when they have waited for too long.</summary>
internal readonly record struct ReadBatch(Slot Index, List<ReadRequest> Reads, Instant Since);

/// <summary>
/// What one turn of the core tells the apply actor, to be taken in this order: registrations, decrees, expiries, reads.
/// A registration always comes before the decree that it waits for.
/// </summary>
internal sealed class ApplyBatch
{
    public List<Registration> Registrations { get; } = [];

    public List<LearnedDecree> Decrees { get; } = [];

    public List<Expiry> Expiries { get; } = [];

    public List<ReadBatch> Reads { get; } = [];

    /// <summary>
    /// Where not zero: the snapshot of this slot, which was built, becomes the state, after the decrees up to its slot and
    /// before those above it.
    /// </summary>
    public Slot Install { get; set; }

    public bool IsEmpty =>
        Install == Slot.Zero && Registrations.Count == 0 && Decrees.Count == 0 && Expiries.Count == 0 && Reads.Count == 0;

    /// <summary>Nothing of it will be carried out: tells everybody in it, each once.</summary>
    public void FailAll(Failure failure)
    {
        while (Registrations.Count > 0)
        {
            var (_, _, request) = Registrations[^1];
            Registrations.RemoveAt(Registrations.Count - 1);
            request.Fail(failure);
        }
        while (Reads.Count > 0)
        {
            var reads = Reads[^1].Reads;
            Reads.RemoveAt(Reads.Count - 1);
            reads.ForEach(read => read.Fail(failure));
        }
        Clear();
    }

    public void Clear()
    {
        Registrations.Clear();
        Decrees.Clear();
        Expiries.Clear();
        Reads.Clear();
        Install = Slot.Zero;
    }
}
