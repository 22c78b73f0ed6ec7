namespace Synod.Store;

/// <summary>
/// Finds a key that a transaction would write twice: put by two operations, or put by one and deleted by another. The
/// two lists of one nested transaction never both run, so between those there is no conflict; and deletions may
/// overlap. A deletion whose range end is a single zero byte ("from here on") is not looked at: clients clear a range
/// and put into it in one transaction, and that has always been accepted.
/// </summary>
internal sealed class DuplicateKeys
{
    // A copy: what sorts the keys below cannot hold a span.
    private readonly byte[] _command;
    private bool _found;

    private DuplicateKeys(ReadOnlySpan<byte> command) => _command = command.ToArray();

    /// <summary>Judges a command that is valid otherwise.</summary>
    public static StoreError Find(ReadOnlySpan<byte> command)
    {
        var search = new DuplicateKeys(command);
        var reader = new CommandReader(search._command);
        if (reader.Begin() == CommandKind.Txn)
        {
            search.Txn(ref reader);
        }
        return search._found ? StoreError.DuplicateKey : StoreError.None;
    }

    private Writes Txn(ref CommandReader reader)
    {
        TxnShape shape = reader.Txn();
        for (int index = 0; index < shape.Comparisons; index++)
        {
            reader.Compare();
        }
        Writes either = Operations(ref reader, shape.Success);
        Writes or = Operations(ref reader, shape.Failure);
        either.Puts.AddRange(or.Puts);
        either.Deletes.AddRange(or.Deletes);
        return either;
    }

    private Writes Operations(ref CommandReader reader, int count)
    {
        var all = new Writes([], []);
        for (int operation = 0; operation < count; operation++)
        {
            switch (reader.Kind())
            {
                case CommandKind.Put:
                    all.Puts.Add(new Key(SliceOf(reader.Put().Key), operation));
                    break;
                case CommandKind.DeleteRange:
                    AddDelete(all.Deletes, reader.DeleteRange(), operation);
                    break;
                case CommandKind.Range:
                    reader.Range();
                    break;
                case CommandKind.Txn:
                    Writes nested = Txn(ref reader);
                    foreach (Key put in nested.Puts)
                    {
                        all.Puts.Add(put with { Operation = operation });
                    }
                    foreach (Interval delete in nested.Deletes)
                    {
                        all.Deletes.Add(delete with { Operation = operation });
                    }
                    break;
            }
        }
        if (count > 1)
        {
            all.Puts.Sort((left, right) => Order(left.Bytes, right.Bytes));
            all.Deletes.Sort((left, right) => Order(left.From, right.From));
            _found |= PutTwice(all.Puts) || PutAndDeleted(all);
        }
        return all;
    }

    /// <summary>Whether two operations put one key; equal keys are neighbours.</summary>
    private bool PutTwice(List<Key> puts)
    {
        for (int index = 1; index < puts.Count; index++)
        {
            if (puts[index].Operation != puts[index - 1].Operation
                && Order(puts[index].Bytes, puts[index - 1].Bytes) == 0)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// Sweeps over the keys with the two intervals that reach farthest and belong to different operations: if any
    /// interval of another operation holds the key, one of these two does.
    /// </summary>
    private bool PutAndDeleted(Writes all)
    {
        Interval farthest = default;
        Interval second = default;
        int next = 0;
        foreach (Key put in all.Puts)
        {
            for (; next < all.Deletes.Count && Order(all.Deletes[next].From, put.Bytes) <= 0; next++)
            {
                Interval delete = all.Deletes[next];
                if (farthest.IsNone || ReachesFarther(delete, farthest))
                {
                    second = delete.Operation == farthest.Operation ? second : farthest;
                    farthest = delete;
                }
                else if (delete.Operation != farthest.Operation && (second.IsNone || ReachesFarther(delete, second)))
                {
                    second = delete;
                }
            }
            if (Conflicts(farthest, put) || Conflicts(second, put))
            {
                return true;
            }
        }
        return false;
    }

    private bool Conflicts(Interval delete, Key put) =>
        !delete.IsNone
        && delete.Operation != put.Operation
        && Order(put.Bytes, delete.From) >= 0
        && EndsAfter(delete, put);

    private bool EndsAfter(Interval delete, Key put)
    {
        int order = Order(put.Bytes, delete.To);
        return order < 0 || (order == 0 && delete.WithEnd);
    }

    private bool ReachesFarther(Interval left, Interval right)
    {
        int order = Order(left.To, right.To);
        return order > 0 || (order == 0 && left.WithEnd && !right.WithEnd);
    }

    private void AddDelete(List<Interval> deletes, in DeleteOperation delete, int operation)
    {
        var interval = new KeyInterval(delete.Key, delete.RangeEnd);
        Slice from = SliceOf(delete.Key);
        if (interval.IsPoint)
        {
            deletes.Add(new Interval(from, from, true, operation));
        }
        else if (!interval.IsUnbounded && !interval.IsEmpty)
        {
            deletes.Add(new Interval(from, SliceOf(delete.RangeEnd), false, operation));
        }
    }

    private Slice SliceOf(ReadOnlySpan<byte> bytes)
    {
        _command.AsSpan().Overlaps(bytes, out int offset);
        return new Slice(offset, bytes.Length);
    }

    private int Order(Slice left, Slice right) =>
        _command.AsSpan(left.Offset, left.Length).SequenceCompareTo(_command.AsSpan(right.Offset, right.Length));

    private readonly record struct Slice(int Offset, int Length);

    private readonly record struct Key(Slice Bytes, int Operation);

    /// <summary>Keys from one to another; the end belongs to it or not.</summary>
    private readonly record struct Interval(Slice From, Slice To, bool WithEnd, int Operation)
    {
        public bool IsNone => From.Length == 0;
    }

    private readonly record struct Writes(List<Key> Puts, List<Interval> Deletes);
}
