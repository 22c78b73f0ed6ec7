namespace Synod.Paxos.Multi;

/// <summary>What a proposer is doing.</summary>
internal enum ProposerPhase
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>Collecting promises.</summary>
    Preparing,

    /// <summary>Leading: phase 1 is complete for its ballot and all open slots.</summary>
    Leading,
}

/// <summary>
/// The proposer of the log (Lamport 2001, §2.2 and §3). Phase 1 runs once for all open slots; then phase 2 runs for many
/// slots at a time, within the window.
/// </summary>
internal sealed partial class LogProposer(ReplicaContext context, LogLearner learner)
{
    private readonly List<AcceptedEntry> _reported = [];
    private readonly Slot[] _nextPage = new Slot[context.Voters.Count];
    private MemberSet _promised;
    private Slot _from;
    private Slot _maxChosen;
    private Slot _announced;
    private Instant _elapsedFrom;
    private Instant _progressAt;
    private Instant _prepareSentAt;
    private Instant _waitingSince;

    /// <summary>What it is doing.</summary>
    public ProposerPhase Phase { get; private set; }

    /// <summary>Its present ballot, or its last.</summary>
    public Ballot Ballot { get; private set; }

    /// <summary>The record of this node's own promise: no Prepare leaves before it is durable.</summary>
    public ulong OwnPromiseRecord { get; private set; }

    /// <summary>The no-op that this leader proposed last of its first batch; no read before it is chosen.</summary>
    public Slot Barrier { get; private set; }

    /// <summary>The next slot to open.</summary>
    public Slot NextSlot { get; private set; }

    /// <summary>When phase 1 began, or when its last page came: as long as pages come, however large, it goes on.</summary>
    public Instant LastPageAt { get; private set; }

    /// <summary>Whether the leader may serve reads: its own no-op is chosen and handed out (CHECKLIST 34).</summary>
    public bool MayServeReads => Phase == ProposerPhase.Leading && learner.ChosenUpTo >= Barrier;

    /// <summary>
    /// Something is chosen in a slot in which this leader has never proposed. Phase 1 has shown it everything that was or
    /// could be chosen under lower ballots, so it was chosen under a higher one: this leader has lost, though nobody who
    /// could say so can reach it.
    /// </summary>
    public bool IsSuperseded => Phase == ProposerPhase.Leading && learner.HighestChosen >= NextSlot;

    /// <summary>
    /// Another decree is chosen in a slot than the one that this leader has proposed there: a higher ballot got it chosen.
    /// Whoever has accepted this leader's own decree would take "chosen up to" under this ballot for a word on that decree,
    /// so this leader must not say it any more.
    /// </summary>
    public bool IsContradictedBy(Slot slot, in Decree chosen)
    {
        if (Phase != ProposerPhase.Leading || !context.Log.IsFilled(slot))
        {
            return false;
        }
        ref var entry = ref context.Log.At(slot);
        return entry.Ballot == Ballot && entry.Decree != chosen;
    }

    /// <summary>Whether anything that this leader has proposed up to a slot is not known to be chosen.</summary>
    public bool HasOpenUpTo(Slot last)
    {
        for (var slot = learner.ChosenUpTo.Next; Phase == ProposerPhase.Leading && slot <= last && slot < NextSlot; slot = slot.Next)
        {
            if (context.Log.IsFilled(slot) && context.Log.At(slot).Ballot == Ballot)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether another slot may be opened for a command of so many bytes: within the window in slots and in bytes.</summary>
    public bool WindowIsOpenFor(int bytes) =>
        Phase == ProposerPhase.Leading &&
        NextSlot.Number <= learner.ChosenUpTo.Number + (ulong)context.Options.WindowSlots &&
        (NextSlot == learner.ChosenUpTo.Next || context.Log.OpenBytes + bytes <= context.Options.WindowBytesMax);

    /// <summary>Proposals are under way and none was chosen since this instant; <see cref="Instant.Never"/> if all is well.</summary>
    public Instant StuckSince =>
        Phase == ProposerPhase.Leading && NextSlot > learner.ChosenUpTo.Next ? _waitingSince : Instant.Never;

    /// <summary>Begins phase 1. The caller has already had the own acceptor promise <paramref name="ballot"/>.</summary>
    public void Start(Ballot ballot, ulong ownPromiseRecord)
    {
        Check.That(ballot > Ballot); // A ballot is used once.
        Phase = ProposerPhase.Preparing;
        Ballot = ballot;
        OwnPromiseRecord = ownPromiseRecord;
        LastPageAt = context.Now;
        _promised = MemberSet.Empty;
        _reported.Clear();
        _from = learner.ChosenUpTo.Next;
        _maxChosen = learner.ChosenUpTo;
        Array.Fill(_nextPage, _from);
        SendPrepares();
    }

    /// <summary>Whether promises of the ballot are wanted; those that come later may show what this very ballot has got accepted.</summary>
    public bool Awaits(Ballot ballot) => Phase == ProposerPhase.Preparing && ballot == Ballot;

    /// <summary>Gives up whatever it was doing.</summary>
    public void StepDown()
    {
        Phase = ProposerPhase.Idle;
        _reported.Clear();
    }

    /// <summary>
    /// A promise says that far more is chosen than this replica could hold in memory above its own prefix, as who leads
    /// beyond it must.
    /// </summary>
    public bool IsOutOfReach(in Promise promise) =>
        Awaits(promise.Ballot) && promise.ChosenUpTo.Number > learner.ChosenUpTo.Number + (ulong)context.Options.AcceptAheadMax;

    /// <summary>One page of a promise, durable at its sender.</summary>
    /// <returns>True when phase 1 has just become complete.</returns>
    public bool Step(int place, in Promise promise)
    {
        if (!Awaits(promise.Ballot) || _promised.Contains(place) ||
            promise.From != _nextPage[place] || (!promise.Last && promise.Through < promise.From))
        {
            return false;
        }
        LastPageAt = context.Now;
        _maxChosen = Slot.Max(_maxChosen, promise.ChosenUpTo);
        learner.Know(promise.ChosenUpTo);
        foreach (var entry in promise.Entries)
        {
            Check.That(entry.Ballot < Ballot || entry.Chosen);
            _reported.Add(entry);
        }
        if (!promise.Last)
        {
            _nextPage[place] = promise.Through.Next;
            _prepareSentAt = context.Now;
            if (place != context.Place)
            {
                context.Output.Send(
                    context.Voters[place], new Prepare(Ballot, _nextPage[place]), OwnPromiseRecord);
            }
            return false;
        }
        _promised = _promised.With(place);
        return context.Quorums.IsPhase1Quorum(_promised);
    }

    /// <summary>The page of its own promise that is wanted next, or null when there is none.</summary>
    public Slot? OwnPageWanted(ulong persistedUpTo) =>
        Phase == ProposerPhase.Preparing && persistedUpTo >= OwnPromiseRecord && !_promised.Contains(context.Place)
            ? _nextPage[context.Place]
            : null;

    /// <summary>
    /// Takes the lead: proposes again what the promises reported, under the rule of the highest ballot (P2c), fills holes
    /// with no-ops, and ends with a no-op of its own. Slots that anybody knows to be chosen are left alone.
    /// </summary>
    public void Lead(Action<Slot, Decree> propose)
    {
        Check.That(Phase == ProposerPhase.Preparing && context.Quorums.IsPhase1Quorum(_promised));
        Phase = ProposerPhase.Leading;
        SortReported();
        foreach (var entry in _reported)
        {
            if (entry.Chosen)
            {
                learner.Learn(entry.Slot, entry.Decree);
            }
        }
        _elapsedFrom = context.Now;
        _progressAt = context.Now;
        _waitingSince = context.Now;
        NextSlot = Slot.Max(_maxChosen, learner.ChosenUpTo).Next;
        _announced = learner.ChosenUpTo;
        var i = 0;
        while (i < _reported.Count)
        {
            var highest = _reported[i];
            for (; i < _reported.Count && _reported[i].Slot == highest.Slot; i++)
            {
                // One ballot carries one decree; two different ones under one ballot break P2c (CHECKLIST 17).
                Check.That(_reported[i].Ballot != highest.Ballot || _reported[i].Decree == highest.Decree
                    || highest.Chosen || _reported[i].Chosen);
            }
            for (; NextSlot < highest.Slot; NextSlot = NextSlot.Next)
            {
                ProposeUnlessChosen(NextSlot, Decree.NoOp, propose);
            }
            if (highest.Slot == NextSlot)
            {
                ProposeUnlessChosen(NextSlot, highest.Decree, propose);
                NextSlot = NextSlot.Next;
            }
        }
        _reported.Clear();
        Barrier = NextSlot;
        if (!IsSuperseded)
        {
            NextSlot = NextSlot.Next;
            propose(Barrier, Decree.NoOp);
        }
    }

    /// <summary>Opens the next slot for a command.</summary>
    public (Slot Slot, Decree Decree) Open(in Value command)
    {
        Check.That(WindowIsOpenFor(command.Length));
        var elapsed = (context.Now.Nanoseconds - _elapsedFrom.Nanoseconds) / 1000;
        var counted = (uint)Math.Clamp(elapsed, 0, uint.MaxValue);
        // What is above the cap is lost, not put off: later decrees must not count time that passed before this one,
        // or deadlines that this one sets would come early.
        _elapsedFrom = elapsed == counted ? new Instant(_elapsedFrom.Nanoseconds + counted * 1000L) : context.Now;
        var slot = NextSlot;
        if (slot == learner.ChosenUpTo.Next)
        {
            _waitingSince = context.Now;
            _progressAt = context.Now;
        }
        NextSlot = slot.Next;
        return (slot, new Decree(DecreeKind.Command, counted, command));
    }

    /// <summary>Acceptances of a run of slots under this leader's ballot, durable at the member at <paramref name="place"/>.</summary>
    public void Step(int place, in Accepted accepted)
    {
        if (Phase != ProposerPhase.Leading || accepted.Ballot != Ballot)
        {
            return;
        }
        var first = Slot.Max(accepted.First, learner.ChosenUpTo.Next);
        var before = learner.ChosenUpTo;
        for (var slot = first; slot <= accepted.Last && slot < NextSlot; slot = slot.Next)
        {
            if (slot <= learner.ChosenUpTo)
            {
                continue; // The vote just counted closed a gap: the prefix has run ahead, and may have left memory.
            }
            ref var entry = ref context.Log.At(slot);
            if (entry.Chosen || entry.Ballot != Ballot)
            {
                continue;
            }
            entry.Votes = entry.Votes.With(place);
            if (context.Configurations.At(slot).Quorums.IsPhase2Quorum(entry.Votes))
            {
                learner.MarkChosen(slot);
            }
        }
        if (learner.ChosenUpTo > before)
        {
            // Only a longer prefix is progress: later slots that are chosen help nobody while one before them is lost.
            _progressAt = context.Now;
            _waitingSince = context.Now;
        }
    }

    private void ProposeUnlessChosen(Slot slot, in Decree decree, Action<Slot, Decree> propose)
    {
        if (!(context.Log.IsFilled(slot) && context.Log.At(slot).Chosen))
        {
            propose(slot, decree);
        }
    }
}
