using Synod.Paxos;
using Synod.Replication;

namespace Synod.Node;

/// <content>The state becomes that of a snapshot, and everybody who waits for something in between is told.</content>
internal sealed partial class ApplyActor
{
    private readonly SnapshotTaker _taker;
    private readonly SnapshotBuilder _builder;
    private readonly SnapshotReaders _readers;

    /// <summary>
    /// Takes the place of all decrees up to the slot. Watchers stay: positions in the history are the same on all
    /// replicas, so each goes on from where it was, and only those whose events a compaction took are cut.
    /// </summary>
    private void Install(Slot slot)
    {
        _hub.GiveAllNew(_state.Store); // What a compaction within the snapshot forgets, those who have kept up still get.
        _taker.GiveUp();
        _taker.Skip(slot);
        _state.Install(_builder.Take(slot));
        // What was installed is sound in itself; whether it is the same as the others' states they will tell at the next slot
        // at which all compare, which may be this one.
        _sums.TryPost(new EffectSumAt(slot, _state.Store.EffectSum));
        _board.SessionsChanged(_state.Sessions);
        if (_state.Sessions.NonceOf(_options.Self) is var nonce and not 0)
        {
            SessionOpened(nonce, _state.Sessions.SessionOf(_options.Self));
        }
        if (_session != 0)
        {
            // What has run in between has run without its outcome being seen here; what has not may still come.
            _waiters.FailSettled(sequence => _state.Sessions.IsSettled(_session, sequence), Failure.TimedOut);
        }
    }
}
