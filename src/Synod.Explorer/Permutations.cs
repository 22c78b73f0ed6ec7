namespace Synod.Explorer;

/// <summary>Renamings of interchangeable processes.</summary>
internal static class Permutations
{
    /// <summary>All orders of so many places in lexical order, so that the unchanged one comes first.</summary>
    public static int[][] Of(int count)
    {
        var orders = new List<int[]>();
        void Extend(int[] begun)
        {
            if (begun.Length == count)
            {
                orders.Add(begun);
            }
            foreach (var place in Enumerable.Range(0, count).Except(begun))
            {
                Extend([.. begun, place]);
            }
        }
        Extend([]);
        return [.. orders];
    }
}
