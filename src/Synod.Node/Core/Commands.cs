using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Replication;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// The way of this node's commands to the leader: opens the session, numbers the commands, gives them to whoever leads,
/// again when leadership changes, and gives them up when the client has waited for too long.
/// </summary>
internal sealed class Commands(
    NodeOptions options, LogHost host, SessionBoard board, Draws draws, ReadOnlyMemory<byte> about)
{
    private readonly record struct Unnumbered(WriteRequest Request, Instant Since);

    private readonly Outstanding _outstanding = new(options.OutstandingMax);
    private readonly Queue<Unnumbered> _unnumbered = new();
    private readonly ByteBlocks _blocks = new();
    private long _unnumberedBytes;
    private ulong _session;
    private Instant _openAgainAt;
    private Ballot _openedUnder;
    private Instant _retryAt;
    private Instant _expireAt;

    /// <summary>How many wait or are under way.</summary>
    public int Count => _unnumbered.Count + _outstanding.Count;

    /// <summary>Bytes of them.</summary>
    public long Bytes => _unnumberedBytes + _outstanding.Bytes;

    /// <summary>The state machine is too far behind for more to be decided.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Whether a command may go on its way: while there is no room for it it waits here, and may time out here.</summary>
    private bool MayNumber => _session != 0 && _outstanding.HasRoom && host.CanTakeInput && !IsHeld;

    /// <summary>Whether another request may be taken.</summary>
    public bool HasRoom => Count < options.OutstandingMax;

    public void Add(WriteRequest request, Instant now, ApplyBatch batch)
    {
        if (request.Command.Length > host.Replica.CommandBytesMax - CommandEnvelope.Length)
        {
            request.Fail(Failure.LimitExceeded); // Nobody would ever take it.
            return;
        }
        if (_unnumbered.Count > 0 || !MayNumber)
        {
            _unnumbered.Enqueue(new Unnumbered(request, now));
            _unnumberedBytes += request.Command.Length;
        }
        else
        {
            Number(request, now, now, batch);
        }
    }

    /// <summary>Once a turn, before the replica ends its own.</summary>
    public void Turn(Instant now, ApplyBatch batch)
    {
        KeepSession(now);
        _outstanding.Answered(board.AnsweredBelow);
        while (MayNumber && TryDequeue(out var waiting))
        {
            Number(waiting.Request, waiting.Since, now, batch);
        }
        if (now >= _retryAt)
        {
            _retryAt = now + RetryScan;
            SendSilent(now);
        }
        if (now >= _expireAt)
        {
            _expireAt = now + RetryScan;
            Expire(now, batch);
        }
    }

    /// <summary>Somebody new leads: everything unanswered goes there.</summary>
    public void LeaderChanged(Instant now)
    {
        _openAgainAt = default;
        var (leader, leads) = (host.Replica.LeaderBallot, host.Replica.IsLeading);
        for (var sequence = _outstanding.First; sequence < _outstanding.Next; sequence++)
        {
            if (_outstanding.NeedsSending(sequence, now, leader, leads))
            {
                Send(sequence, now);
            }
        }
    }

    /// <summary>The node stops: requests that have no number yet never left.</summary>
    public void Stop()
    {
        while (TryDequeue(out var waiting))
        {
            waiting.Request.Fail(Failure.NotServing);
        }
    }

    private bool TryDequeue(out Unnumbered waiting)
    {
        if (!_unnumbered.TryDequeue(out waiting))
        {
            return false;
        }
        _unnumberedBytes -= waiting.Request.Command.Length;
        return true;
    }

    /// <summary>When it wants a turn: while anything waits.</summary>
    public Instant Next(Instant now) => Count > 0 || _session == 0 ? now + RetryScan : Instant.Never;

    private void KeepSession(Instant now)
    {
        var session = board.Session;
        if (session == _session && session != 0)
        {
            return;
        }
        if (session != _session)
        {
            // A session is given up only when another one of this node was opened after it.
            var superseded = _session != 0;
            _session = session;
            _outstanding.Restart();
            _openedUnder = Ballot.None;
            if (superseded)
            {
                board.Nonce = 0;
            }
        }
        var leader = host.Replica.LeaderBallot;
        if (_session == 0 && now >= _openAgainAt && !(host.Replica.IsLeading && leader == _openedUnder))
        {
            if (board.Nonce == 0)
            {
                board.Nonce = draws.Next() | 1;
            }
            _openAgainAt = now + options.ForwardRetry;
            var envelope = new CommandEnvelope(EnvelopeKind.OpenSession, options.Self.Number, board.Nonce, 0);
            _openedUnder = GiveToLeader(new Value(envelope.Wrap(about.Span, _blocks)), now) ? leader : Ballot.None;
        }
    }

    private void Number(WriteRequest request, Instant since, Instant now, ApplyBatch batch)
    {
        var envelope = new CommandEnvelope(EnvelopeKind.Command, _session, _outstanding.Next, board.AnsweredBelow);
        var sequence = _outstanding.Add(new Value(envelope.Wrap(request.Command.Span, _blocks)), since);
        Check.That(sequence == envelope.Sequence);
        batch.Registrations.Add(new Registration(_session, sequence, request));
        Send(sequence, now);
    }

    private void Send(ulong sequence, Instant now)
    {
        if (GiveToLeader(_outstanding.CommandOf(sequence), now))
        {
            _outstanding.MarkSent(sequence, now, host.Replica.LeaderBallot, options.ForwardRetry);
        }
    }

    private bool GiveToLeader(in Value command, Instant now)
    {
        if (!host.CanTakeInput || (IsHeld && _session != 0))
        {
            return false; // It is sent when there is room again.
        }
        if (host.Replica.IsLeading)
        {
            return host.Replica.Propose(now, command, host.Output) == Proposal.Taken;
        }
        return host.Replica.ForwardToLeader(now, command, host.Output) != NodeId.None;
    }

    private void SendSilent(Instant now)
    {
        var sent = 0;
        var (leader, leads) = (host.Replica.LeaderBallot, host.Replica.IsLeading);
        for (var s = _outstanding.First; s < _outstanding.Next && sent < ResendMax; s++)
        {
            if (_outstanding.NeedsSending(s, now, leader, leads))
            {
                Send(s, now);
                sent++;
            }
        }
    }

    private void Expire(Instant now, ApplyBatch batch)
    {
        for (var s = _outstanding.First; s < _outstanding.Next; s++)
        {
            if (!_outstanding.IsExpired(s, now, options.RequestTimeout, out var failure))
            {
                if (_outstanding.CommandOf(s).Length > 0)
                {
                    break; // Requests are in order of age.
                }
                continue;
            }
            _outstanding.Forget(s);
            batch.Expiries.Add(new Expiry(_session, s, failure));
        }
        ExpireUnnumbered(now);
    }

    /// <summary>Gives up what has waited for too long without a number; all there is to do while the node may not vote.</summary>
    public void ExpireUnnumbered(Instant now)
    {
        while (_unnumbered.TryPeek(out var oldest) && now - oldest.Since >= options.RequestTimeout &&
            TryDequeue(out var waiting))
        {
            // With a session it was not the leader that was missing, but room in this node.
            waiting.Request.Fail(_session == 0 ? Failure.NoLeader : Failure.TooManyRequests);
        }
    }

    private static readonly TimeSpan RetryScan = TimeSpan.FromMilliseconds(100);
    private const int ResendMax = 512;
}
