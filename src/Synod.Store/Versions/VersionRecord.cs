namespace Synod.Store;

/// <summary>
/// One version of one key: what a put or a delete left. It is also the event that watchers see. Immutable but for
/// <see cref="Previous"/>, which compaction cuts, and <see cref="Attachment"/>.
/// </summary>
internal struct VersionRecord
{
    /// <summary>The revision of the request that made it.</summary>
    public long ModRevision;

    /// <summary>The revision at which the key came to be; 0 in the version that a delete leaves.</summary>
    public long CreateRevision;

    /// <summary>Puts since the key came to be; 0 says that the key is deleted.</summary>
    public long Version;

    /// <summary>The lease that the key is attached to, or 0.</summary>
    public long Lease;

    /// <summary>The key; one block, shared by all its versions and the index.</summary>
    public SlabRef Key;

    /// <summary>The value; a block of this version alone.</summary>
    public SlabRef Value;

    /// <summary>The version before, or 0.</summary>
    public uint Previous;

    /// <summary>The newest version of a key that hangs on a lease: its link in the lease's list; otherwise 0.</summary>
    public uint Attachment;

    /// <summary>Whether the key was deleted by this version.</summary>
    public readonly bool IsDeleted => Version == 0;
}
