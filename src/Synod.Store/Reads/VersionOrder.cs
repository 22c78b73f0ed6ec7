namespace Synod.Store;

/// <summary>
/// Orders versions for a sorted read. Keys break ties, so that the order never depends on the machine or the sort.
/// </summary>
internal readonly struct VersionOrder(KeySpace space, SortTarget target, bool descending) : IComparer<uint>
{
    /// <inheritdoc/>
    public int Compare(uint left, uint right)
    {
        ref VersionRecord one = ref space.Versions[left];
        ref VersionRecord other = ref space.Versions[right];
        int order = target switch
        {
            SortTarget.Version => one.Version.CompareTo(other.Version),
            SortTarget.CreateRevision => one.CreateRevision.CompareTo(other.CreateRevision),
            SortTarget.ModRevision => one.ModRevision.CompareTo(other.ModRevision),
            SortTarget.Value => space.Bytes[one.Value].SequenceCompareTo(space.Bytes[other.Value]),
            SortTarget.Key => space.Bytes[one.Key].SequenceCompareTo(space.Bytes[other.Key]),
            _ => 0,
        };
        if (order != 0)
        {
            return descending ? -order : order;
        }
        return space.Bytes[one.Key].SequenceCompareTo(space.Bytes[other.Key]);
    }
}
