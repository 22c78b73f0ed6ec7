namespace Synod.Store;

/// <summary>The ordered multi-version store.</summary>
public sealed class OrderedStore
{
}
