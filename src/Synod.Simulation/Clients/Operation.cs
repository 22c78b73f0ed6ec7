using System.Globalization;

namespace Synod.Simulation;

/// <summary>What a client asked for.</summary>
internal enum OperationKind
{
    Put,
    Get,
    GetSerializable,
    Delete,

    /// <summary>A transaction: put if the key has the expected value, else read it.</summary>
    Swap,

    /// <summary>A transaction that puts the same value under two keys.</summary>
    PutTwo,
}

/// <summary>What the client was told.</summary>
internal enum Ending
{
    Pending,
    Done,
    NotDone,

    /// <summary>It may be carried out any time later, or never.</summary>
    Unknown,
}

/// <summary>One operation of one client, from call to answer. Values are unique: the number of the operation.</summary>
internal sealed class Operation
{
    /// <summary>From 1; also the value that it writes.</summary>
    public required ulong Number { get; init; }

    public required int Client { get; init; }

    public required OperationKind Kind { get; init; }

    public required int Key { get; init; }

    /// <summary>The second key of a <see cref="OperationKind.PutTwo"/>, or -1.</summary>
    public int SecondKey { get; init; } = -1;

    /// <summary>What a <see cref="OperationKind.Swap"/> expects; 0: no key.</summary>
    public ulong Expected { get; init; }

    /// <summary>How long the expected value is.</summary>
    public int ExpectedBytes { get; init; } = 8;

    /// <summary>How long the value is; what follows its number is filling.</summary>
    public int ValueBytes { get; init; } = 8;

    public required Life Life { get; init; }

    /// <summary>Calls and answers of all operations in one total order of real time.</summary>
    public long Called { get; set; }

    /// <inheritdoc cref="Called"/>
    public long Answered { get; set; } = long.MaxValue;

    public Ending Ending { get; set; }

    /// <summary>The client sees this ending; clients of planted bugs misjudge.</summary>
    public int Endings { get; set; }

    /// <summary>The value read, or that stood there before; 0 if none.</summary>
    public ulong Found { get; set; }

    /// <summary>The revision of the value read; 0 if none.</summary>
    public long FoundRevision { get; set; }

    /// <summary>The store's revision with the answer; of a write that changed something, its own.</summary>
    public long Revision { get; set; }

    /// <summary>It changed something.</summary>
    public bool Changed { get; set; }

    public bool IsRead => Kind is OperationKind.Get or OperationKind.GetSerializable;

    public bool Touches(int key) => Key == key || SecondKey == key;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"#{Number} c{Client} {Life.Machine.Name}/{Life.Number} {Kind} k{Key}{(SecondKey >= 0 ? $",k{SecondKey}" : "")}" +
        $"{(Kind == OperationKind.Swap ? $" if {Expected}" : "")} [{Called},{(Answered == long.MaxValue ? "-" : Answered)}] " +
        $"{Ending} found {Found}@{FoundRevision} revision {Revision}{(Changed ? " changed" : "")}");
}
