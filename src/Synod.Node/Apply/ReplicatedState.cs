using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Replication;
using Synod.Store;

namespace Synod.Node;

/// <summary>What became of one decree.</summary>
/// <param name="Kind">What the decree was: a command, an opened session, or nothing that counts here.</param>
/// <param name="Envelope">Its envelope, if it had one.</param>
/// <param name="Outcome">The outcome, if it was wanted and the command ran.</param>
/// <param name="Session">The id of the session that was opened.</param>
internal readonly record struct AppliedDecree(
    AppliedKind Kind, CommandEnvelope Envelope, Outcome? Outcome, ulong Session);

internal enum AppliedKind
{
    Nothing,
    Skipped,
    Ran,
    SessionOpened,
    LeaderRan,
}

/// <summary>
/// The whole replicated state of a node: store time, sessions, store. Deterministic: a replica is this, applied to the log.
/// </summary>
public sealed class ReplicatedState(uint group)
{
    /// <summary>The last slot applied.</summary>
    public Slot AppliedUpTo { get; private set; }

    /// <summary>Sum of the leaders' elapsed times, microseconds.</summary>
    public ulong StoreTimeMicroseconds { get; private set; }

    /// <summary>The sessions.</summary>
    public SessionTable Sessions { get; private set; } = new();

    /// <summary>The store.</summary>
    public OrderedStore Store { get; private set; } = new();

    /// <summary>Opens a cursor over the state as it is now.</summary>
    internal StateCursor OpenCursor(ulong clusterId, Configuration configuration) => new(
        this,
        new SnapshotHeader(
            clusterId, group, configuration.Number, configuration.Voters, AppliedUpTo, StoreTimeMicroseconds,
            Store.EffectSum));

    /// <summary>Becomes what a snapshot holds, all at once. Its slot is above all that was applied.</summary>
    internal void Install(StateInstaller snapshot)
    {
        Check.That(snapshot.IsComplete && snapshot.Header!.Slot > AppliedUpTo && snapshot.Header.Group == group);
        AppliedUpTo = snapshot.Header.Slot;
        StoreTimeMicroseconds = snapshot.Header.StoreTimeMicroseconds;
        Sessions = snapshot.Sessions;
        Store = snapshot.Store;
        OnInstalled?.Invoke(AppliedUpTo);
    }

    /// <summary>
    /// Makes what was installed the beginning of another cluster: no session and no alarm of the old one goes on, and revisions go on
    /// so far above the old ones that none is given twice, with what was before them compacted.
    /// </summary>
    internal void BeginAnew(long skippedRevisions)
    {
        Sessions = new SessionTable();
        Store.ForgetAlarms();
        Store.SkipRevisions(skippedRevisions);
    }

    /// <summary>Hears of every snapshot that was installed, also in recovery; for judges of simulated worlds.</summary>
    public Action<Slot>? OnInstalled { get; set; }

    /// <summary>Sees every decree just before it is applied, also in recovery; for judges of simulated worlds.</summary>
    public Action<LearnedDecree>? OnApplied { get; set; }

    /// <summary>Whether the decree asks for a compaction; it may still be found impossible, or to have run before.</summary>
    internal static bool IsCompaction(in LearnedDecree learned) =>
        learned.Decree.Kind == DecreeKind.Command
        && CommandEnvelope.TryRead(learned.Decree.Value.Span, out var envelope, out var command)
        && envelope.Kind != EnvelopeKind.OpenSession && CommandPeek.IsCompaction(command);

    /// <summary>Applies the next decree.</summary>
    internal AppliedDecree Apply(in LearnedDecree learned, Func<CommandEnvelope, bool> isWanted)
    {
        Check.That(learned.Slot == AppliedUpTo.Next);
        OnApplied?.Invoke(learned);
        AppliedUpTo = learned.Slot;
        StoreTimeMicroseconds = checked(StoreTimeMicroseconds + learned.Decree.ElapsedMicroseconds);
        if (learned.Decree.Kind != DecreeKind.Command ||
            !CommandEnvelope.TryRead(learned.Decree.Value.Span, out var envelope, out var command))
        {
            return default;
        }
        if (envelope.Kind == EnvelopeKind.OpenSession)
        {
            var node = new NodeId((uint)Math.Min(envelope.Session, uint.MaxValue));
            var session = Sessions.Open(node, envelope.Sequence, learned.Slot, command);
            return new AppliedDecree(AppliedKind.SessionOpened, envelope, null, session);
        }
        if (envelope.Kind == EnvelopeKind.Leader)
        {
            Store.Apply(group, learned.Slot, StoreTimeMicroseconds, command, wantOutcome: false);
            return new AppliedDecree(AppliedKind.LeaderRan, envelope, null, 0);
        }
        if (Sessions.Judge(envelope) == SessionVerdict.Skip)
        {
            return new AppliedDecree(AppliedKind.Skipped, envelope, null, 0);
        }
        var outcome = Store.Apply(group, learned.Slot, StoreTimeMicroseconds, command, isWanted(envelope));
        return new AppliedDecree(AppliedKind.Ran, envelope, outcome, 0);
    }
}
