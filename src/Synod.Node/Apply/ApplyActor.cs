using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Replication;

namespace Synod.Node;

/// <summary>
/// The apply actor: runs chosen commands in slot order, ends the requests that wait for them, serves reads that are
/// recent enough, and feeds the watch hub. A huge range delays what is here, and never a heartbeat.
/// </summary>
internal sealed partial class ApplyActor
{
    private readonly ReplicatedState _state;
    private readonly NodeOptions _options;
    private readonly SessionBoard _board;
    private readonly Mailbox<ApplyBatch> _batches;
    private readonly Mailbox<ApplyBatch> _spent;
    private readonly Mailbox<NodeRequest> _direct;
    private readonly Mailbox<EffectSumAt> _sums;
    private readonly Waiters _waiters = new();
    private readonly List<ReadBatch> _waitingReads = [];
    private readonly WatchHub _hub;
    private readonly LeaseBoard _leases;
    private readonly Func<CommandEnvelope, bool> _isWanted;
    private ulong _session;
    private ulong _timeSeen;
    private Instant _timeSeenAt;

    public ApplyActor(
        NodeOptions options, ReplicatedState state, SessionBoard board, WatchHub hub,
        Mailbox<ApplyBatch> batches, Mailbox<ApplyBatch> spent, Mailbox<NodeRequest> direct,
        Mailbox<EffectSumAt> sums, LeaseBoard leases, SnapshotTaker taker, SnapshotBuilder builder,
        SnapshotReaders readers)
    {
        _readers = readers;
        _taker = taker;
        _builder = builder;
        _options = options;
        _state = state;
        _board = board;
        _hub = hub;
        _batches = batches;
        _spent = spent;
        _direct = direct;
        _sums = sums;
        _leases = leases;
        _isWanted = e => e.Session == _session && _waiters.Waits(e.Sequence);
    }

    /// <summary>One turn.</summary>
    /// <returns>When the next is due without input.</returns>
    public Instant Turn(Instant now)
    {
        ShowTimePassed(now);
        var taken = 0;
        while (taken < BatchesPerTurn && _batches.TryTake(out var batch))
        {
            taken++;
            Take(batch);
            ShowTimePassed(now);
            batch.Clear();
            _spent.TryPost(batch);
        }
        for (var i = 0; i < DirectPerTurn && _direct.TryTake(out var request); i++)
        {
            Run(request);
        }
        ExpireReads(now);
        var more = _hub.Turn(_state.Store, now);
        // Commands forget what compaction put out of use; where none come, idle turns do. No read can tell the difference.
        more |= taken == 0 && _state.Store.Reclaim(ReclaimedPerTurn);
        more |= _builder.Turn();
        var slice = Instant.Min(_taker.Turn(now, _state), _readers.Turn(now));
        if (more || _batches.Count > 0 || _direct.Count > 0)
        {
            return now;
        }
        return Instant.Min(slice, now + (_waitingReads.Count > 0 ? ReadTick : WatchTick));
    }

    /// <summary>The node stops: everybody who waits is told.</summary>
    public void Stop(Failure failure)
    {
        // Nothing is applied any more: a batch that comes after the waiters were told has nobody to meet.
        while (_batches.TryTake(out var batch))
        {
            batch.FailAll(failure);
        }
        _waiters.Restart(failure);
        foreach (var batch in _waitingReads)
        {
            FailAll(batch.Reads, failure);
        }
        _waitingReads.Clear();
        while (_direct.TryTake(out var request))
        {
            request.Fail(failure);
        }
        _readers.Stop(failure);
        _hub.Stop();
    }

    private void Take(ApplyBatch batch)
    {
        foreach (var (session, sequence, request) in batch.Registrations)
        {
            if (session == _session)
            {
                _waiters.Add(sequence, request);
            }
            else
            {
                request.Fail(Failure.Stopped); // Its session was superseded after it had left.
            }
        }
        var bytes = 0L;
        foreach (var decree in batch.Decrees)
        {
            if (batch.Install != Slot.Zero && decree.Slot > batch.Install && _state.AppliedUpTo < batch.Install)
            {
                Install(batch.Install);
            }
            Apply(decree);
            bytes += decree.Decree.Value.Length;
        }
        if (_state.AppliedUpTo < batch.Install)
        {
            Install(batch.Install);
        }
        foreach (var (session, sequence, failure) in batch.Expiries)
        {
            if (session == _session && _waiters.TryTake(sequence, out var request))
            {
                request.Fail(failure);
            }
        }
        _waitingReads.AddRange(batch.Reads);
        RunReads();
        _board.AnsweredBelow = _waiters.AnsweredBelow;
        _board.AppliedUpTo = _state.AppliedUpTo.Number;
        _board.AppliedBytes += bytes;
        _board.Figures.Show(_state);
        _leases.Show(_state);
    }

    /// <summary>
    /// Lets reads of leases know how long ago store time was where it stands; at most as much as a leader lets pass.
    /// </summary>
    private void ShowTimePassed(Instant now)
    {
        if (_state.StoreTimeMicroseconds != _timeSeen)
        {
            _timeSeen = _state.StoreTimeMicroseconds;
            _timeSeenAt = now;
        }
        var since = Math.Min((now - _timeSeenAt).TotalMicroseconds, LeaseDriver.Tick.TotalMicroseconds);
        _state.Store.TimePassed(_state.StoreTimeMicroseconds - _state.Store.StoreTimeMicroseconds + (ulong)Math.Max(0, since));
    }

    private void Apply(in LearnedDecree decree)
    {
        if (_hub.Watchers > 0 && ReplicatedState.IsCompaction(decree))
        {
            _hub.GiveAllNew(_state.Store);
        }
        var applied = _state.Apply(decree, _isWanted);
        _taker.Applied(_state, decree.Decree.Value.Length);
        if (DivergenceJudge.IsCompared(decree.Slot))
        {
            // A full mailbox skips a comparison; the next one covers everything before it as well.
            _sums.TryPost(new EffectSumAt(decree.Slot, _state.Store.EffectSum));
        }
        if (applied.Kind == AppliedKind.Ran && applied.Outcome is { } outcome &&
            applied.Envelope.Session == _session && _waiters.TryTake(applied.Envelope.Sequence, out var request))
        {
            request.Applied(outcome, _state.Store);
        }
        else if (applied.Kind == AppliedKind.SessionOpened)
        {
            _board.SessionsChanged(_state.Sessions);
            if (applied.Envelope.Session == _options.Self.Number)
            {
                SessionOpened(applied.Envelope.Sequence, applied.Session);
            }
        }
    }

    /// <summary>
    /// A session of this node was opened: the one that it wants now, or, from an earlier life, one that has just
    /// superseded it. In the second case nothing that waits can be told apart from done and not done.
    /// </summary>
    private void SessionOpened(ulong nonce, ulong session)
    {
        if (nonce == _board.Nonce)
        {
            // The same opening may be chosen twice; the second time the session is the same.
            Check.That(_session == 0 || _session == session);
            _session = session;
        }
        else if (_session != 0)
        {
            _session = 0;
            _waiters.Restart(Failure.Stopped);
            // Before the core can see another session: its first commands must not claim the answers of the old one.
            _board.AnsweredBelow = _waiters.AnsweredBelow;
        }
        _board.Session = _session;
    }

    private void RunReads()
    {
        var kept = 0;
        for (var i = 0; i < _waitingReads.Count; i++)
        {
            var batch = _waitingReads[i];
            if (batch.Index > _state.AppliedUpTo)
            {
                _waitingReads[kept++] = batch;
                continue;
            }
            foreach (var read in batch.Reads)
            {
                read.Run(_state.Store);
            }
            _board.ReadsEnded += batch.Reads.Count;
        }
        _waitingReads.RemoveRange(kept, _waitingReads.Count - kept);
    }

    /// <summary>What the leader's answer asks for may never come, when this node was cut off right after it.</summary>
    private void ExpireReads(Instant now)
    {
        for (var i = _waitingReads.Count - 1; i >= 0; i--)
        {
            if (now - _waitingReads[i].Since >= _options.RequestTimeout)
            {
                FailAll(_waitingReads[i].Reads, Failure.NoLeader);
                _board.ReadsEnded += _waitingReads[i].Reads.Count;
                _waitingReads.RemoveAt(i);
            }
        }
    }

    private void Run(NodeRequest request)
    {
        switch (request)
        {
            case ReadRequest read:
                read.Run(_state.Store);
                break;
            case SnapshotStream snapshot:
                _readers.Add(snapshot, _state);
                break;
            case WatchRequest watch:
                watch.Run(_hub, _state.Store);
                break;
            default:
                Check.Fail($"request {request.GetType().Name} on the apply actor");
                break;
        }
    }

    private static void FailAll(List<ReadRequest> reads, Failure failure)
    {
        foreach (var read in reads)
        {
            read.Fail(failure);
        }
    }

    private static readonly TimeSpan ReadTick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchTick = TimeSpan.FromSeconds(1);
    private const int BatchesPerTurn = 64;
    private const int ReclaimedPerTurn = 1024;
    private const int DirectPerTurn = 1024;
}
