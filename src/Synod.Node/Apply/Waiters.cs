using Synod.Paxos;
using Synod.Replication;

namespace Synod.Node;

/// <summary>Who waits for which command of this node's session.</summary>
internal sealed class Waiters
{
    private readonly SequenceRing<WriteRequest?> _ring = new();
    private ulong _end = 1;

    /// <summary>Every command below this number is answered.</summary>
    public ulong AnsweredBelow { get; private set; } = 1;

    public void Add(ulong sequence, WriteRequest request)
    {
        Check.That(sequence == _end && sequence - AnsweredBelow < SessionTable.Window);
        _ring.Reserve(AnsweredBelow, sequence + 1);
        _ring[sequence] = request;
        _end = sequence + 1;
    }

    public bool Waits(ulong sequence) =>
        sequence >= AnsweredBelow && sequence < _end && _ring[sequence] is not null;

    /// <summary>Takes the request out, if it still waits.</summary>
    public bool TryTake(ulong sequence, out WriteRequest request)
    {
        request = null!;
        if (!Waits(sequence))
        {
            return false;
        }
        request = _ring[sequence]!;
        _ring[sequence] = null;
        while (AnsweredBelow < _end && _ring[AnsweredBelow] is null)
        {
            AnsweredBelow++;
        }
        return true;
    }

    /// <summary>Fails those whose command is settled although its outcome was not seen here.</summary>
    public void FailSettled(Func<ulong, bool> isSettled, Failure failure)
    {
        for (var sequence = AnsweredBelow; sequence < _end; sequence++)
        {
            if (Waits(sequence) && isSettled(sequence) && TryTake(sequence, out var request))
            {
                request.Fail(failure);
            }
        }
    }

    /// <summary>Fails everybody and starts numbering anew, for a new session.</summary>
    public void Restart(Failure failure)
    {
        for (var sequence = AnsweredBelow; sequence < _end; sequence++)
        {
            var request = _ring[sequence];
            _ring[sequence] = null;
            request?.Fail(failure);
        }
        _ring.Clear();
        AnsweredBelow = 1;
        _end = 1;
    }
}
