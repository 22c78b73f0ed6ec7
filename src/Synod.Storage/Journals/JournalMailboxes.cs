using Synod.Ports;

namespace Synod.Storage;

/// <summary>The queues between a journal and its core.</summary>
/// <param name="options">Limits.</param>
/// <param name="wakeJournal">Rouses the journal's thread, or tells the scheduler.</param>
/// <param name="events">
/// Where the journal's events go. While it is full the journal keeps what it has to say; "persisted up to" is one event
/// however many writes it speaks of.
/// </param>
public sealed class JournalMailboxes(JournalOptions options, Action wakeJournal, Mailbox<JournalEvent> events)
{
    /// <summary>Batches for the journal.</summary>
    public Mailbox<JournalBatch> Batches { get; } = new(options.BatchesWaitingMax, wakeJournal);

    /// <summary>Reads for the journal.</summary>
    public Mailbox<JournalReadRequest> Reads { get; } = new(options.ReadsWaitingMax, wakeJournal);

    /// <summary>Events of the journal.</summary>
    public Mailbox<JournalEvent> Events { get; } = events;

    /// <summary>Batches that the journal has copied: empty, to be filled again.</summary>
    public Mailbox<JournalBatch> Spent { get; } = new(options.BatchesWaitingMax + 2, static () => { });

    /// <summary>An empty batch: a spent one, or a new one while the pool is small.</summary>
    public JournalBatch Rent() => Spent.TryTake(out var batch) ? batch : new JournalBatch(options);
}
