using Synod.Explorer.Essential;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories;

/// <summary>
/// An acceptor of a story with its disk: what it answers leaves when the disk holds the record that the answer depends
/// on, and not before.
/// </summary>
internal sealed class StageAcceptor(IAcceptorRole role, IStateDisk disk)
{
    private readonly List<AfterWrite<AcceptorState, Promise>> _held = [];

    public AcceptorState State => role.State;

    public int HeldCount => _held.Count;

    /// <summary>Gives a Prepare to it.</summary>
    /// <param name="prepare">The message.</param>
    /// <param name="slowly">Whether the disk takes its time; <see cref="Sync"/> ends that.</param>
    /// <param name="told">What became of it, for the reader.</param>
    /// <returns>The answer, if one leaves now.</returns>
    public Promise? Step(in Prepare prepare, bool slowly, out string told)
    {
        told = "";
        if (role.Step(prepare) is not { } promise)
        {
            told = $": silence, it promised {PaxosStage.Name(State.Promised)}";
            return null;
        }
        if (promise.TryRelease(disk.Durable, out var message))
        {
            told = slowly && _held.Count > 0 ? ": answered at once, the write is still under way" : "";
            return message;
        }
        if (slowly)
        {
            _held.Add(promise);
            told = ": being written, the answer waits";
            return null;
        }
        return Save(promise, out told);
    }

    /// <summary>Gives an Accept to it.</summary>
    public Accepted? Step(in Accept accept, out string told)
    {
        if (role.Step(accept) is not { } accepted)
        {
            told = $": silence, it promised {PaxosStage.Name(State.Promised)}";
            return null;
        }
        return Save(accepted, out told);
    }

    /// <summary>The write that is under way reaches the disk.</summary>
    /// <returns>The answers that waited for it.</returns>
    public IReadOnlyList<Promise> Sync()
    {
        var released = new List<Promise>();
        foreach (var held in _held)
        {
            if (Save(held, out _) is { } promise)
            {
                released.Add(promise);
            }
        }
        _held.Clear();
        return released;
    }

    /// <summary>Crashes, and starts again with what the disk holds; answers that waited are lost.</summary>
    public AcceptorState Restart(out string told)
    {
        var durable = disk.Restart(out told);
        role.Restart(durable);
        _held.Clear();
        return durable;
    }

    private TMessage? Save<TMessage>(in AfterWrite<AcceptorState, TMessage> answer, out string told)
        where TMessage : struct
    {
        told = "";
        if (!answer.TryRelease(disk.Durable, out _))
        {
            var isSaved = disk.Save(answer.Record, out var news);
            told = isSaved ? (news.Length > 0 ? $" ({news})" : "") : $": no answer, {news}";
            if (!isSaved)
            {
                return null;
            }
        }
        Check.That(answer.TryRelease(disk.Durable, out var message));
        return message;
    }
}
