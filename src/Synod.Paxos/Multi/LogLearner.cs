namespace Synod.Paxos.Multi;

/// <summary>
/// Learns what is chosen and hands it out in slot order (Lamport 2001, §2.3). A slot is known to be chosen when a quorum
/// has accepted it under one ballot (the leader counts), when the leader says so and this replica's own acceptance has
/// that leader's ballot, or when a peer that knows sends the decree.
/// </summary>
internal sealed partial class LogLearner(ReplicaContext context)
{
    private Instant _stalledSince;
    private Instant _nobodySince = Instant.Never;
    private Slot _askedFirst;
    private Slot _askedLast;
    private bool _isAsking;
    private bool _isAnswered;
    private NodeId _asked;
    private Instant _heardAt;
    private TimeSpan _silence;
    private Instant _retryAt;
    private uint _attempts;
    private Slot _highestMarked;
    private Slot _unrecordedJump;

    /// <summary>Every slot up to here is known to be chosen, and was handed out.</summary>
    public Slot ChosenUpTo { get; private set; }

    /// <summary>Some peer knows that everything up to here is chosen.</summary>
    public Slot KnownChosen { get; private set; }

    /// <summary>The highest slot of which this replica itself knows that it is chosen: what others say is only a hint.</summary>
    public Slot HighestChosen => Slot.Max(ChosenUpTo, _highestMarked);

    /// <summary>The last prefix that was written down.</summary>
    public Slot PersistedChosenUpTo { get; private set; }

    /// <summary>Marks one slot, whose decree is in the log, and hands out what has become contiguous.</summary>
    public void MarkChosen(Slot slot)
    {
        ref var entry = ref context.Log.At(slot);
        Check.That(entry.Filled);
        entry.Chosen = true;
        _highestMarked = Slot.Max(_highestMarked, slot);
        Advance();
    }

    /// <summary>A decree of an answer has come from a peer: patience starts anew, and with the last one the question is answered.</summary>
    public void HearAnswer(Slot slot, bool ends)
    {
        // An answer that was asked for twice comes twice: the second is none to the next question.
        if (!_isAsking || slot < _askedFirst || slot > _askedLast)
        {
            return;
        }
        var silence = context.Now - _heardAt;
        _silence = silence > _silence && silence > context.Options.RetransmitInterval ? silence : _silence;
        _heardAt = context.Now;
        _attempts = 0;
        _retryAt = context.Now + Patience();
        _isAnswered = ends;
        _isAsking = !ends;
    }

    /// <summary>A chosen decree from a peer.</summary>
    public void Learn(Slot slot, in Decree decree)
    {
        if (slot <= context.Log.Floor || slot.Number > ChosenUpTo.Number + (ulong)context.Options.AcceptAheadMax)
        {
            return;
        }
        ref var entry = ref context.Log.At(slot);
        if (entry.Chosen)
        {
            Check.That(entry.Decree == decree); // A decided slot never changes (CHECKLIST 21).
            return;
        }
        if (!entry.Filled || entry.Decree != decree)
        {
            var record = context.Output.Persist(new StateRecord(StateRecordKind.Learned, default, slot, decree));
            context.Log.Fill(slot, Ballot.None, decree, record);
        }
        MarkChosen(slot);
    }

    /// <summary>The leader of <paramref name="ballot"/> says that all slots up to <paramref name="upTo"/> are chosen.</summary>
    public void ChosenUnder(Ballot ballot, Slot upTo)
    {
        Know(upTo);
        if (upTo.Number > context.Log.Top.Number + (ulong)context.Options.AcceptAheadMax)
        {
            return; // Nothing is concluded from what may be nonsense; if it is not, the decrees can be had by asking.
        }
        while (ChosenUpTo < upTo && context.Log.IsFilled(ChosenUpTo.Next))
        {
            ref var entry = ref context.Log.At(ChosenUpTo.Next);
            if (entry.Ballot != ballot)
            {
                // Accepted under another ballot: perhaps not what was chosen. Ask at once, waiting would not help.
                _stalledSince = default;
                return;
            }
            entry.Chosen = true;
            Advance();
        }
    }

    /// <summary>A peer's chosen prefix.</summary>
    public void Know(Slot chosenUpTo) => KnownChosen = Slot.Max(KnownChosen, chosenUpTo);

    /// <summary>
    /// Asks a peer for missing decrees when the chosen prefix does not move although more is known to be chosen: one question
    /// at a time, the next when it is answered or nothing more has come of the answer for a while.
    /// </summary>
    /// <returns>Nobody is there who knows more, or who says so does not deliver: what was said to be chosen is to be forgotten.</returns>
    public bool AskIfBehind(Func<uint, Slot, NodeId> whomToAsk)
    {
        if (KnownChosen <= ChosenUpTo)
        {
            _stalledSince = context.Now;
            _nobodySince = Instant.Never;
            (_isAsking, _isAnswered, _attempts) = (false, false, 0);
            return false;
        }
        if (_isAsking && ChosenUpTo < _askedLast)
        {
            if (context.Now < _retryAt)
            {
                return false;
            }
            _attempts++;
        }
        else if (!_isAnswered && context.Now - _stalledSince < StallPatience)
        {
            return false;
        }
        _isAsking = false;
        var peer = whomToAsk(_attempts, ChosenUpTo.Next);
        if (peer == NodeId.None)
        {
            _nobodySince = Instant.Min(_nobodySince, context.Now);
            return context.Now - _nobodySince >= context.Options.ElectionTimeout;
        }
        _nobodySince = Instant.Never;
        if (_attempts >= AttemptsMax)
        {
            return true;
        }
        if (_attempts == 0)
        {
            _heardAt = context.Now;
            _silence = _silence > context.Options.RetransmitInterval * 2 ? _silence / 2 : TimeSpan.Zero;
        }
        (_isAsking, _isAnswered, _asked) = (true, false, peer);
        _askedLast = Slot.Min(KnownChosen, ChosenUpTo + (ulong)context.Options.CatchUpSlotsMax);
        _askedFirst = ChosenUpTo.Next;
        context.Output.Send(peer, new CatchUp(_askedFirst, _askedLast));
        _retryAt = context.Now + Patience();
        return false;
    }

    /// <summary>The link to a peer was lost, and with it perhaps an answer: nobody waits for it any longer.</summary>
    public void LinkDown(NodeId peer)
    {
        if (_isAsking && _asked == peer)
        {
            _retryAt = Instant.Min(_retryAt, context.Now);
        }
    }

    /// <summary>
    /// How long the next decree of an answer is waited for. Who reads from a slow disk is not helped by more questions; and
    /// over a narrow link every answer that was asked for twice stands before the next. So twice as long as the longest
    /// silence in the last answers, which is halved with every question lest one bad moment counts for ever.
    /// </summary>
    private TimeSpan Patience()
    {
        var asLearned = _silence * 4 > context.Options.RetransmitInterval ? _silence * 4 : context.Options.RetransmitInterval;
        var patience = asLearned * (1 << (int)Math.Min(_attempts, PatienceDoublingsMax));
        return patience < PatienceMax ? patience : PatienceMax;
    }

    /// <summary>What others said to be chosen counts no more; what this replica knows itself does.</summary>
    public void ForgetClaims()
    {
        KnownChosen = ChosenUpTo;
        _nobodySince = Instant.Never;
        (_isAsking, _isAnswered, _attempts) = (false, false, 0);
    }

    /// <summary>Serves a peer's request, from memory or by asking the host to read the journal.</summary>
    public void Serve(NodeId peer, in CatchUp request)
    {
        var last = Slot.Min(Slot.Min(request.Last, ChosenUpTo), request.First + (ulong)context.Options.CatchUpSlotsMax);
        if (request.First > last)
        {
            return;
        }
        if (request.First == Slot.Zero)
        {
            // The journal has no record of it: it is what the journal began with.
            context.Output.Send(peer, new Learn(Slot.Zero, context.Configurations.DecreeOfSlotZero, EndsAnswer: true));
            return;
        }
        if (request.First <= context.Log.Floor)
        {
            context.Output.JournalReads.Add(
                new JournalRead(peer, request.First, Slot.Min(last, context.Log.Floor)));
            return;
        }
        var bytes = 0L;
        for (var slot = request.First; slot <= last; slot = slot.Next)
        {
            ref var entry = ref context.Log.At(slot);
            Check.That(entry.Chosen);
            bytes += entry.Decree.Value.Length + 32;
            var ends = slot == last || bytes >= context.Options.CatchUpBytesMax;
            context.Output.Send(peer, new Learn(slot, entry.Decree, ends));
            if (ends)
            {
                return;
            }
        }
    }

    /// <summary>Writes the chosen prefix down beside other records, so that a restart need not learn it anew.</summary>
    public void PersistPrefix()
    {
        if (_unrecordedJump > Slot.Zero)
        {
            // Or a restart without that snapshot would take what is accepted below it for chosen.
            context.Output.Persist(new StateRecord(StateRecordKind.Jumped, default, _unrecordedJump, default));
            PersistedChosenUpTo = Slot.Max(PersistedChosenUpTo, _unrecordedJump);
            _unrecordedJump = Slot.Zero;
        }
        if (ChosenUpTo > PersistedChosenUpTo)
        {
            PersistedChosenUpTo = ChosenUpTo;
            context.Output.Persist(new StateRecord(StateRecordKind.ChosenUpTo, default, ChosenUpTo, default));
        }
    }

    /// <summary>Takes back one record at a restart.</summary>
    public void Recover(in StateRecord record, ulong number)
    {
        if (record.Kind == StateRecordKind.Learned && record.Slot > context.Log.Floor)
        {
            context.Log.Fill(record.Slot, Ballot.None, record.Decree, number);
            MarkChosen(record.Slot);
        }
        else if (record.Kind is StateRecordKind.ChosenUpTo or StateRecordKind.Jumped)
        {
            // Only what the journal really holds is believed (CHECKLIST 28), and after a jump not even that.
            while (record.Kind == StateRecordKind.ChosenUpTo && ChosenUpTo < record.Slot &&
                context.Log.IsFilled(ChosenUpTo.Next))
            {
                MarkChosen(ChosenUpTo.Next);
            }
            PersistedChosenUpTo = ChosenUpTo; // Whether it reaches as far as the record says is for the host to see.
            _unrecordedJump = record.Slot >= _unrecordedJump ? Slot.Zero : _unrecordedJump;
        }
    }

    /// <summary>A snapshot stands for everything up to its slot.</summary>
    public void Jump(Slot slot)
    {
        Check.That(slot > ChosenUpTo);
        context.Log.JumpFloor(slot, ChosenUpTo);
        ChosenUpTo = slot;
        _unrecordedJump = slot;
        Know(slot);
        _stalledSince = context.Now;
        (_isAsking, _isAnswered, _attempts) = (false, true, 0); // Whatever comes after it is asked for at once.
        Advance();
    }

    private void Advance()
    {
        var moved = false;
        while (ChosenUpTo < context.Log.Top)
        {
            var next = ChosenUpTo.Next;
            ref var entry = ref context.Log.At(next);
            if (!entry.Chosen)
            {
                break;
            }
            ChosenUpTo = next;
            context.Log.Close(next);
            context.Output.Decrees.Add(new LearnedDecree(next, entry.Decree));
            moved = true;
        }
        if (moved)
        {
            KnownChosen = Slot.Max(KnownChosen, ChosenUpTo);
            _stalledSince = context.Now;
            Trim();
        }
    }

    /// <summary>
    /// Lets go of old decrees. Only of durable ones: for what is not in memory the journal answers, and until the chosen
    /// decree is durable its latest record of the slot may be of another decree, whose ballot lost.
    /// </summary>
    public void Trim()
    {
        var log = context.Log;
        for (var slot = log.Floor.Next; slot <= ChosenUpTo && MayGo(slot); slot = slot.Next)
        {
            log.RaiseFloor(slot);
        }
    }

    /// <summary>Chosen slots up to here need not be kept for anybody: a snapshot stands for them.</summary>
    public Slot ForgetUpTo { get; set; }

    private bool MayGo(Slot slot)
    {
        var log = context.Log;
        var isSurplus = slot <= ForgetUpTo || log.Bytes > context.Options.LogTailBytesMax ||
            ChosenUpTo.Next.Number - slot.Number > (ulong)context.Options.LogTailSlotsMax;
        return isSurplus && log.At(slot).Record <= context.PersistedUpTo;
    }

    /// <summary>Questions without any answer, the last ones a second apart: a peer that reads from a slow disk is done by then.</summary>
    private const uint AttemptsMax = 12;
    private const uint PatienceDoublingsMax = 2;
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StallPatience = TimeSpan.FromMilliseconds(50);
}
