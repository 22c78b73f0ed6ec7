namespace Synod.Store;

/// <summary>
/// Carries out transactions: first all comparisons, nested ones too, against the store as it was before; then whether
/// any operation on the chosen way must be refused; then the operations, of which none can fail any more. So a
/// transaction happens whole or not at all, alike on every replica.
/// </summary>
internal sealed class TxnRunner(KeySpace space, OperationRunner operations)
{
    // For every transaction on the chosen way, in the order in which they are met: which list is carried out.
    private bool[] _ways = new bool[8];
    private int _wayCount;
    private int _wayNext;

    /// <summary>Carries out a transaction that was found valid.</summary>
    /// <param name="body">The command after its kind.</param>
    /// <param name="wantOutcome">Whether an outcome is made.</param>
    /// <param name="error">Why it was refused, and then nothing has changed.</param>
    public StoreOutcome? Run(CommandReader body, bool wantOutcome, out StoreError error)
    {
        _wayCount = 0;
        CommandReader reader = body;
        ChooseWay(ref reader);

        // Puts first, then ranges: where both must be refused, this decides which error is named.
        reader = body;
        _wayNext = 0;
        error = Judge(ref reader, CommandKind.Put);
        if (error == StoreError.None)
        {
            reader = body;
            _wayNext = 0;
            error = Judge(ref reader, CommandKind.Range);
        }
        if (error != StoreError.None)
        {
            return null;
        }
        reader = body;
        _wayNext = 0;
        return CarryOut(ref reader, wantOutcome);
    }

    private void ChooseWay(ref CommandReader reader)
    {
        TxnShape shape = reader.Txn();
        bool holds = true;
        for (int index = 0; index < shape.Comparisons; index++)
        {
            Comparison comparison = reader.Compare();
            holds = holds && ComparisonJudge.Holds(space, in comparison);
        }
        if (_wayCount == _ways.Length)
        {
            Array.Resize(ref _ways, _wayCount * 2);
        }
        _ways[_wayCount++] = holds;
        for (int index = 0; index < shape.Success + shape.Failure; index++)
        {
            CommandKind kind = reader.Kind();
            bool chosen = index < shape.Success == holds;
            if (chosen && kind == CommandKind.Txn)
            {
                ChooseWay(ref reader);
            }
            else
            {
                Skip(ref reader, kind);
            }
        }
    }

    private StoreError Judge(ref CommandReader reader, CommandKind judged)
    {
        TxnShape shape = OpenChosen(ref reader, out bool holds);
        for (int index = 0; index < shape.Success + shape.Failure; index++)
        {
            CommandKind kind = reader.Kind();
            bool chosen = index < shape.Success == holds;
            StoreError error = StoreError.None;
            if (chosen && kind == CommandKind.Txn)
            {
                error = Judge(ref reader, judged);
            }
            else if (chosen && kind == judged)
            {
                error = kind == CommandKind.Put
                    ? operations.Judge(reader.Put(), inTxn: true)
                    : operations.Judge(reader.Range());
            }
            else
            {
                Skip(ref reader, kind);
            }
            if (error != StoreError.None)
            {
                return error;
            }
        }
        return StoreError.None;
    }

    private TxnOutcome? CarryOut(ref CommandReader reader, bool wantOutcome)
    {
        TxnShape shape = OpenChosen(ref reader, out bool holds);
        StoreOutcome[]? responses = wantOutcome ? new StoreOutcome[holds ? shape.Success : shape.Failure] : null;
        int next = 0;
        for (int index = 0; index < shape.Success + shape.Failure; index++)
        {
            CommandKind kind = reader.Kind();
            if (index < shape.Success != holds)
            {
                Skip(ref reader, kind);
                continue;
            }
            StoreOutcome? response = CarryOut(ref reader, kind, wantOutcome);
            if (responses is not null && response is not null)
            {
                responses[next++] = response;
            }
        }
        return responses is null ? null : new TxnOutcome(space.VisibleRevision, holds, responses);
    }

    private StoreOutcome? CarryOut(ref CommandReader reader, CommandKind kind, bool wantOutcome)
    {
        switch (kind)
        {
            case CommandKind.Put:
                return operations.Put(reader.Put(), wantOutcome);
            case CommandKind.DeleteRange:
                return operations.Delete(reader.DeleteRange(), wantOutcome);
            case CommandKind.Range:
                return operations.Range(reader.Range(), wantOutcome);
            default:
                return CarryOut(ref reader, wantOutcome);
        }
    }

    private TxnShape OpenChosen(ref CommandReader reader, out bool holds)
    {
        TxnShape shape = reader.Txn();
        for (int index = 0; index < shape.Comparisons; index++)
        {
            reader.Compare();
        }
        holds = _ways[_wayNext++];
        return shape;
    }

    private static void Skip(ref CommandReader reader, CommandKind kind)
    {
        switch (kind)
        {
            case CommandKind.Put:
                reader.Put();
                break;
            case CommandKind.DeleteRange:
                reader.DeleteRange();
                break;
            case CommandKind.Range:
                reader.Range();
                break;
            default:
                SkipTxn(ref reader);
                break;
        }
    }

    private static void SkipTxn(ref CommandReader reader)
    {
        TxnShape shape = reader.Txn();
        for (int index = 0; index < shape.Comparisons; index++)
        {
            reader.Compare();
        }
        for (int index = 0; index < shape.Success + shape.Failure; index++)
        {
            Skip(ref reader, reader.Kind());
        }
    }
}
