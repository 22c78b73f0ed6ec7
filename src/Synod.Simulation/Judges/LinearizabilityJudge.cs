namespace Synod.Simulation;

/// <summary>
/// Is there an order of a key's operations that respects real time and explains every answer? The search of Wing and
/// Gong (1993, "Testing and Verifying Concurrent Objects"), remembering which sets of operations with which value were
/// tried (Lowe 2017, "Testing for linearizability"). An operation with an unknown end may take effect at any later time,
/// and one that nobody's answer ever shows need not.
/// </summary>
internal static class LinearizabilityJudge
{
    /// <summary>After so many steps the search gives up, and says so.</summary>
    public const int StepsMax = 2_000_000;

    public static void Judge(Verdicts verdicts, History history, int keys)
    {
        for (var key = 0; key < keys; key++)
        {
            var operations = OperationsOf(history, key);
            var result = new Search(operations).Run();
            if (result != SearchResult.Linearizable)
            {
                verdicts.Add("linearizability", $"key k{key}, {operations.Count} operations: {result}");
            }
        }
    }

    /// <summary>What counts for one key: all that was done, and all unknown that somebody may have seen.</summary>
    public static List<RegisterOperation> OperationsOf(History history, int key)
    {
        var seen = new HashSet<ulong>();
        foreach (var operation in history.Operations.Where(o => o.Ending == Ending.Done && o.Touches(key)))
        {
            seen.Add(operation.Found);
        }
        var result = new List<RegisterOperation>();
        foreach (var o in history.Operations)
        {
            if (!o.Touches(key) || o.Ending == Ending.NotDone || o.Kind == OperationKind.GetSerializable)
            {
                continue;
            }
            var isOpen = o.Ending != Ending.Done;
            if (isOpen && (o.IsRead || (o.Kind != OperationKind.Delete && !seen.Contains(o.Number))))
            {
                continue;
            }
            result.Add(RegisterOperation.From(o, isOpen));
        }
        return result;
    }
}

/// <summary>An operation on one register: which values it can meet, and what it leaves.</summary>
/// <param name="Called">When it was called.</param>
/// <param name="Answered">When it was answered; the end of time for an unknown end.</param>
/// <param name="Meets">The value that it must have met; null for any.</param>
/// <param name="Leaves">What it leaves; null for what was there.</param>
/// <param name="OnlyIf">A swap of unknown end leaves its value only if it met this one.</param>
internal readonly record struct RegisterOperation(
    long Called, long Answered, ulong? Meets, ulong? Leaves, ulong? OnlyIf)
{
    public static RegisterOperation From(Operation o, bool isOpen)
    {
        ulong? meets = o.Kind == OperationKind.PutTwo || isOpen ? null : o.Found;
        ulong? leaves = o.Kind == OperationKind.Delete ? 0 : isOpen || o.Changed ? o.Number : null;
        if (o.IsRead)
        {
            leaves = null;
        }
        ulong? onlyIf = o.Kind == OperationKind.Swap && isOpen ? o.Expected : null;
        return new RegisterOperation(o.Called, o.Answered, meets, leaves, onlyIf);
    }

    /// <summary>Whether it can come next, and the value after it.</summary>
    public bool TryApply(ulong value, out ulong after)
    {
        after = value;
        if (Meets is { } met && met != value)
        {
            return false;
        }
        if (Leaves is { } left && (OnlyIf is null || OnlyIf == value))
        {
            after = left;
        }
        return true;
    }
}

internal enum SearchResult
{
    Linearizable,
    NotLinearizable,
    GaveUp,
}

/// <summary>One search over one register's operations.</summary>
internal sealed class Search
{
    private sealed class Entry(int operation, bool isAnswer)
    {
        public readonly int Operation = operation;
        public readonly bool IsAnswer = isAnswer;
        public Entry? Answer;
        public Entry Before = null!;
        public Entry? After;
    }

    private readonly IReadOnlyList<RegisterOperation> _operations;
    private readonly Entry _head = new(-1, false);
    private readonly HashSet<(ulong, ulong, ulong)> _tried = [];
    private readonly Stack<(Entry Call, ulong Value)> _done = new();
    private ulong _setA;
    private ulong _setB;
    private ulong _value;

    public Search(IReadOnlyList<RegisterOperation> operations)
    {
        _operations = operations;
        var entries = new List<(long At, int Order, Entry Entry)>();
        for (var i = 0; i < operations.Count; i++)
        {
            var call = new Entry(i, false);
            call.Answer = new Entry(i, true);
            entries.Add((operations[i].Called, i, call));
            entries.Add((operations[i].Answered, i, call.Answer));
        }
        entries.Sort(static (x, y) => x.At != y.At ? x.At.CompareTo(y.At) : x.Order.CompareTo(y.Order));
        var last = _head;
        foreach (var (_, _, entry) in entries)
        {
            last.After = entry;
            entry.Before = last;
            last = entry;
        }
    }

    public SearchResult Run()
    {
        var entry = _head.After;
        for (var step = 0; _head.After is not null; step++)
        {
            if (step > LinearizabilityJudge.StepsMax)
            {
                return SearchResult.GaveUp;
            }
            if (entry is null || entry.IsAnswer)
            {
                // Nothing that may come next fits: the last choice was wrong.
                if (_done.Count == 0)
                {
                    return SearchResult.NotLinearizable;
                }
                var (call, value) = _done.Pop();
                Toggle(call.Operation);
                _value = value;
                PutBack(call);
                entry = call.After;
                continue;
            }
            if (_operations[entry.Operation].TryApply(_value, out var after))
            {
                Toggle(entry.Operation);
                if (_tried.Add((_setA, _setB, after)))
                {
                    _done.Push((entry, _value));
                    _value = after;
                    TakeOut(entry);
                    entry = _head.After;
                    continue;
                }
                Toggle(entry.Operation);
            }
            entry = entry.After;
        }
        return SearchResult.Linearizable;
    }

    /// <summary>The set of operations done, as 128 bits that are as good as the set itself.</summary>
    private void Toggle(int operation)
    {
        _setA ^= Chance.Mix((ulong)operation + 1);
        _setB ^= Chance.Mix(~(ulong)operation);
    }

    private static void TakeOut(Entry call)
    {
        Unlink(call);
        Unlink(call.Answer!);
    }

    private static void PutBack(Entry call)
    {
        Relink(call.Answer!);
        Relink(call);
    }

    private static void Unlink(Entry entry)
    {
        entry.Before.After = entry.After;
        if (entry.After is not null)
        {
            entry.After.Before = entry.Before;
        }
    }

    private static void Relink(Entry entry)
    {
        entry.Before.After = entry;
        if (entry.After is not null)
        {
            entry.After.Before = entry;
        }
    }
}
