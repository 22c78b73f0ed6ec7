using Synod.Paxos;
using Synod.Replication;

namespace Synod.Node;

/// <summary>
/// This node's own commands on their way: kept until answered, so that a new leader can be given them again. Running
/// twice is no danger (sessions see to it); being forgotten would leave a client waiting.
/// </summary>
internal sealed class Outstanding(int limit)
{
    private struct Entry
    {
        public Value Command;
        public Instant Since;
        public Instant SentAt;
        public bool Sent;
        public bool Filled;
    }

    private readonly SequenceRing<Entry> _ring = new();

    /// <summary>The lowest number that may still be unanswered.</summary>
    public ulong First { get; private set; } = 1;

    /// <summary>The number of the next command.</summary>
    public ulong Next { get; private set; } = 1;

    /// <summary>Whether another command fits.</summary>
    public bool HasRoom => Next - First < (ulong)limit;

    /// <summary>How many are on their way, at most.</summary>
    public int Count => (int)(Next - First);

    public ulong Add(in Value command, Instant now)
    {
        Check.That(HasRoom && Next - First < SessionTable.Window);
        _ring.Reserve(First, Next + 1);
        ref var entry = ref _ring[Next];
        entry = new Entry { Command = command, Since = now, Filled = true };
        return Next++;
    }

    /// <summary>Everything below this is answered.</summary>
    public void Answered(ulong below)
    {
        while (First < below && First < Next)
        {
            _ring[First] = default;
            First++;
        }
    }

    public Value CommandOf(ulong sequence) => _ring[sequence].Command;

    public void MarkSent(ulong sequence, Instant now)
    {
        ref var entry = ref _ring[sequence];
        entry.Sent = true;
        entry.SentAt = now;
    }

    /// <summary>Whether the command should be given to the leader (again): never sent, or sent and silent for too long.</summary>
    public bool NeedsSending(ulong sequence, Instant now, TimeSpan retryAfter)
    {
        ref var entry = ref _ring[sequence];
        return entry.Filled && (!entry.Sent || now - entry.SentAt >= retryAfter);
    }

    /// <summary>Whether the client has waited for too long; the failure says what can be said of the outcome.</summary>
    public bool IsExpired(ulong sequence, Instant now, TimeSpan timeout, out Failure failure)
    {
        ref var entry = ref _ring[sequence];
        failure = entry.Sent ? Failure.TimedOut : Failure.NoLeader;
        return entry.Filled && now - entry.Since >= timeout;
    }

    /// <summary>The command is given up: it is not sent again.</summary>
    public void Forget(ulong sequence) => _ring[sequence] = default;

    /// <summary>Starts anew, for a new session.</summary>
    public void Restart()
    {
        _ring.Clear();
        First = 1;
        Next = 1;
    }
}
