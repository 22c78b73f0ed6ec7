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
        public TimeSpan Patience;
        public Ballot Ballot;
        public bool Sent;
        public bool Filled;
    }

    private readonly SequenceRing<Entry> _ring = new();
    private readonly int _limit = limit is > 0 and <= SessionTable.Window
        ? limit
        : throw new ArgumentException(
            $"{nameof(NodeOptions.OutstandingMax)} must be from 1 to {SessionTable.Window}, which is as far as a session remembers.");

    /// <summary>Bytes of the commands on their way.</summary>
    public long Bytes { get; private set; }

    /// <summary>The lowest number that may still be unanswered.</summary>
    public ulong First { get; private set; } = 1;

    /// <summary>The number of the next command.</summary>
    public ulong Next { get; private set; } = 1;

    /// <summary>Whether another command fits.</summary>
    public bool HasRoom => Next - First < (ulong)_limit;

    /// <summary>How many are on their way, at most.</summary>
    public int Count => (int)(Next - First);

    public ulong Add(in Value command, Instant now)
    {
        Check.That(HasRoom && Next - First < SessionTable.Window);
        _ring.Reserve(First, Next + 1);
        ref var entry = ref _ring[Next];
        entry = new Entry { Command = command, Since = now, Filled = true };
        Bytes += command.Length;
        return Next++;
    }

    /// <summary>Everything below this is answered.</summary>
    public void Answered(ulong below)
    {
        while (First < below && First < Next)
        {
            Forget(First);
            First++;
        }
    }

    public Value CommandOf(ulong sequence) => _ring[sequence].Command;

    /// <summary>The command was given to whoever leads under <paramref name="ballot"/>; none if only the way there is known.</summary>
    public void MarkSent(ulong sequence, Instant now, Ballot ballot, TimeSpan patience)
    {
        ref var entry = ref _ring[sequence];
        // A leader that is slow is not helped by copies: each one more waits twice as long.
        entry.Patience = entry.Sent && entry.Ballot == ballot ? entry.Patience * 2 : patience;
        entry.Sent = true;
        entry.SentAt = now;
        entry.Ballot = ballot;
    }

    /// <summary>
    /// Whether the command should be given to the leader (again): never sent, or sent under another ballot, or to somebody
    /// else and silent for too long. What this node proposed itself is not lost while it leads under the same ballot.
    /// </summary>
    public bool NeedsSending(ulong sequence, Instant now, Ballot leader, bool leads)
    {
        ref var entry = ref _ring[sequence];
        return entry.Filled &&
            (!entry.Sent || entry.Ballot != leader || (!leads && now - entry.SentAt >= entry.Patience));
    }

    /// <summary>Whether the client has waited for too long; the failure says what can be said of the outcome.</summary>
    public bool IsExpired(ulong sequence, Instant now, TimeSpan timeout, out Failure failure)
    {
        ref var entry = ref _ring[sequence];
        failure = entry.Sent ? Failure.TimedOut : Failure.NoLeader;
        return entry.Filled && now - entry.Since >= timeout;
    }

    /// <summary>The command is given up: it is not sent again.</summary>
    public void Forget(ulong sequence)
    {
        Bytes -= _ring[sequence].Command.Length;
        _ring[sequence] = default;
    }

    /// <summary>Starts anew, for a new session.</summary>
    public void Restart()
    {
        _ring.Clear();
        Bytes = 0;
        First = 1;
        Next = 1;
    }
}
