namespace Synod.Paxos.Multi;

/// <summary>How an acceptor answers.</summary>
internal enum Answer
{
    /// <summary>Not at all.</summary>
    Silence,

    /// <summary>With a Nack.</summary>
    Nack,

    /// <summary>With a Promise or Accepted, once the named record is durable.</summary>
    Yes,
}

/// <summary>
/// The acceptor of the log: one promise for all slots, and per slot what it accepted (Lamport 2001, §2.2 and §3). Every
/// change is a record first; the answer names the record that must be durable before it leaves.
/// </summary>
internal sealed class LogAcceptor(ReplicaContext context)
{
    /// <summary>The highest ballot promised; never lowered.</summary>
    public Ballot Promised { get; private set; }

    /// <summary>Phase 1b.</summary>
    public Answer Step(in Prepare prepare)
    {
        switch (AcceptorRule.Judge(Promised, Promised, prepare.Ballot))
        {
            case Verdict.Refuse:
                return Answer.Nack;
            case Verdict.Take:
                Promised = prepare.Ballot;
                context.Output.Persist(new StateRecord(StateRecordKind.Promised, prepare.Ballot, default, default));
                return Answer.Yes;
            default:
                return Answer.Yes;
        }
    }

    /// <summary>Phase 2b.</summary>
    /// <param name="accept">The request.</param>
    /// <param name="chosenUpTo">This replica's chosen prefix.</param>
    /// <param name="after">With <see cref="Answer.Yes"/>: the record that the answer must wait for.</param>
    public Answer Step(in Accept accept, Slot chosenUpTo, out ulong after)
    {
        after = 0;
        if (accept.Ballot < Promised)
        {
            return Answer.Nack;
        }
        // At or below the floor the decree is chosen and only on disk: the leader is behind and will learn it by catch-up.
        // Far above the chosen prefix memory would not be bounded: this replica catches up first.
        if (accept.Slot <= context.Log.Floor ||
            accept.Slot.Number > chosenUpTo.Number + (ulong)context.Options.AcceptAheadMax)
        {
            return Answer.Silence;
        }
        if (accept.Slot > chosenUpTo.Next && !context.Log.IsFilled(accept.Slot) &&
            context.Log.OpenBytes + accept.Decree.Value.Length > context.Options.AcceptAheadBytesMax)
        {
            // The next slot is exempt, or what lies above it would keep it from ever being chosen here.
            return Answer.Silence;
        }
        ref var entry = ref context.Log.At(accept.Slot);
        if (entry.Chosen && entry.Decree != accept.Decree)
        {
            // Something else is already chosen here, so this proposer is behind: it can only be one whose ballot lost.
            return Answer.Silence;
        }
        // Without an accepted ballot there is nothing to repeat; Ballot.None is below whatever is asked.
        var verdict = AcceptorRule.Judge(Promised, entry.Ballot, accept.Ballot);
        if (verdict == Verdict.Repeat)
        {
            // One ballot is bound to one decree in a slot; two mean that a proposer broke its word.
            Check.That(entry.Decree == accept.Decree);
            after = entry.Record;
            return Answer.Yes;
        }
        Check.That(verdict == Verdict.Take);
        Promised = accept.Ballot; // P4: an acceptance is a promise as well.
        after = context.Output.Persist(
            new StateRecord(StateRecordKind.Accepted, accept.Ballot, accept.Slot, accept.Decree));
        context.Log.Fill(accept.Slot, accept.Ballot, accept.Decree, after);
        return Answer.Yes;
    }

    /// <summary>One page of a promise: what is accepted from <paramref name="from"/> on, above the chosen prefix.</summary>
    public Promise Page(Ballot ballot, Slot from, Slot chosenUpTo)
    {
        var entries = new List<AcceptedEntry>();
        var bytes = 0L;
        var slot = Slot.Max(from, chosenUpTo.Next);
        for (; slot <= context.Log.Top; slot = slot.Next)
        {
            if (!context.Log.IsFilled(slot))
            {
                continue;
            }
            ref var entry = ref context.Log.At(slot);
            if (entries.Count > 0 && bytes + entry.Decree.Value.Length > context.Options.PromisePageBytesMax)
            {
                return new Promise(ballot, from, new Slot(slot.Number - 1), false, chosenUpTo, entries);
            }
            bytes += entry.Decree.Value.Length + EntryOverheadBytes;
            entries.Add(new AcceptedEntry(slot, entry.Ballot, entry.Decree, entry.Chosen));
        }
        var top = Slot.Max(Slot.Max(context.Log.Top, chosenUpTo), from);
        return new Promise(ballot, from, top, true, chosenUpTo, entries);
    }

    /// <summary>Takes back one record at a restart.</summary>
    public void Recover(in StateRecord record, ulong number)
    {
        // A record of an acceptance is also a promise, so recovery ends with promised >= accepted (CHECKLIST 8).
        Promised = Ballot.Max(Promised, record.Ballot);
        if (record.Kind == StateRecordKind.Accepted && record.Slot > context.Log.Floor)
        {
            ref var entry = ref context.Log.At(record.Slot);
            if (!entry.Chosen)
            {
                context.Log.Fill(record.Slot, record.Ballot, record.Decree, number);
            }
        }
    }

    /// <summary>Reads back the promise; what is accepted stands in the log.</summary>
    public void Read(ref StateReader reader) => Promised = reader.ReadBallot();

    private const int EntryOverheadBytes = 48;
}
