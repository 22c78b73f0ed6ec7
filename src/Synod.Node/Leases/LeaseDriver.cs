using System.Buffers;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Replication;
using Synod.Store;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// Ends leases whose time is over, while this node leads. Store time is the sum of what decrees carry, so it moves only
/// with decrees: the driver guesses where it would stand now, and when that is past a deadline it proposes an expiry,
/// whose own elapsed time carries store time past the deadline before the state machine looks. A guess that runs ahead
/// ends nothing, and one that runs behind is late by as much as it takes a decree to be chosen and applied.
/// </summary>
/// <remarks>
/// Store time that no decree has carried is lost with its leader. So while there are leases the driver also proposes a
/// decree that only carries time, whenever nothing else was applied for <see cref="Tick"/>: a change of leader makes a
/// lease live longer by that and by the time without a leader, and never shorter. A proposal goes straight into this
/// leader's log: it is not forwarded, not queued for a later leader, and not repeated while the last one can still be
/// chosen and applied: on a disk that stalls one waits, not four a second.
/// </remarks>
internal sealed class LeaseDriver(LogHost host, LeaseBoard board)
{
    /// <summary>The longest that store time stands still under a leader while there are leases.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>After this without an effect another expiry is proposed.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly ArrayBufferWriter<byte> _command = new();
    private readonly ByteBlocks _blocks = new();
    private LeaseOutlook _seen = LeaseOutlook.None;
    private Instant _seenAt;
    private Instant _notBefore;
    private bool _leads;
    private bool _awaitsEffect;

    /// <summary>One turn of the core.</summary>
    /// <returns>When the next is due.</returns>
    public Instant Turn(Instant now)
    {
        if (!host.Replica.IsLeading)
        {
            _leads = false;
            return Instant.Never;
        }
        if (!_leads)
        {
            // This leader's decrees count from now on; what passed before is not coming into store time.
            _leads = true;
            _awaitsEffect = false;
            _seen = board.Outlook;
            _seenAt = now;
            _notBefore = now;
        }
        var outlook = board.Outlook;
        if (outlook.StoreTimeMicroseconds != _seen.StoreTimeMicroseconds)
        {
            _seenAt = now;
            _awaitsEffect = false;
        }
        if (outlook.NextDeadline != _seen.NextDeadline)
        {
            _awaitsEffect = false;
            _notBefore = now; // The last proposal has had its effect, or another lease is first now.
        }
        _seen = outlook;
        if (!outlook.HasLeases || host.NoSpace is not null)
        {
            return outlook.HasLeases ? now + Tick : Instant.Never; // A full disk takes no decree; leases live on.
        }
        var due = Instant.Min(DueAt(outlook.NextDeadline), _seenAt + Tick);
        due = due < _notBefore ? _notBefore : due;
        if (now < due)
        {
            return due;
        }
        if (_awaitsEffect && (host.Replica.OpenSlots > 0 || host.Replica.PendingProposals > 0))
        {
            return now + RetryAfter; // The last one is under way, and while this leader leads it is not lost.
        }
        Propose(now, DueAt(outlook.NextDeadline) <= now ? outlook.NextDeadline + GuessedAhead(now) : 0);
        _notBefore = now + RetryAfter;
        return _notBefore;
    }

    /// <summary>When store time may reach a deadline, if all goes on as it does.</summary>
    private Instant DueAt(ulong deadline)
    {
        var left = deadline <= _seen.StoreTimeMicroseconds ? 0 : deadline - _seen.StoreTimeMicroseconds;
        return _seenAt + TimeSpan.FromMicroseconds(Math.Min(left, FarMicroseconds));
    }

    /// <summary>Deadlines passed since the next one expire with it: how far past it store time is guessed to be.</summary>
    private ulong GuessedAhead(Instant now) => (ulong)Math.Max(0, (now - DueAt(_seen.NextDeadline)).TotalMicroseconds);

    private void Propose(Instant now, ulong deadline)
    {
        _command.ResetWrittenCount();
        var writer = new CommandWriter(_command);
        writer.Begin();
        writer.LeaseExpire(deadline);
        var envelope = new CommandEnvelope(EnvelopeKind.Leader, 0, 0, 0);
        // Refused when too much is under way: then time comes with that, and the next try a little later.
        _awaitsEffect = host.Replica.Propose(
            now, new Value(envelope.Wrap(_command.WrittenSpan, _blocks)), host.Output) == Proposal.Taken;
    }

    private const ulong FarMicroseconds = 365UL * 24 * 3600 * 1_000_000;
}
