namespace Synod.Store;

/// <summary>One lease.</summary>
internal struct LeaseRecord
{
    /// <summary>Its id, chosen by its client or by the node that it asked; never 0.</summary>
    public long Id;

    /// <summary>Seconds that it gets at each renewal.</summary>
    public long TtlSeconds;

    /// <summary>The store time, in microseconds, at which it is over.</summary>
    public ulong Deadline;

    /// <summary>The first of its keys' attachments, or 0.</summary>
    public uint FirstAttachment;

    /// <summary>How many keys are attached.</summary>
    public int Keys;

    /// <summary>Its place in the queue of deadlines.</summary>
    public int QueuePlace;

    /// <summary>While the record is not in use: the next such record, or 0.</summary>
    public uint NextFree;
}

/// <summary>
/// The attachment of one key to one lease: a link of the lease's list. The key's newest version knows its number, so
/// that a put or a delete finds it without any search.
/// </summary>
internal struct LeaseAttachment
{
    /// <summary>The lease's record.</summary>
    public uint Lease;

    /// <summary>The key's newest version.</summary>
    public uint Version;

    /// <summary>The attachment before it in the lease's list, or 0.</summary>
    public uint Before;

    /// <summary>The attachment after it in the lease's list, or 0; while not in use, the next such attachment.</summary>
    public uint After;
}
