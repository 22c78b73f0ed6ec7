namespace Synod.Store;

/// <summary>A lease as a read sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TtlSeconds">Seconds that it gets at each renewal.</param>
/// <param name="RemainingMicroseconds">
/// What is left of it, at most: store time as far as this replica has heard, and a little of what must have passed since.
/// </param>
/// <param name="Keys">How many keys hang on it.</param>
public readonly record struct LeaseView(long Id, long TtlSeconds, ulong RemainingMicroseconds, int Keys);
