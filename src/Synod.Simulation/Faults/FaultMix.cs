namespace Synod.Simulation;

/// <summary>Which faults a world has. All are on unless a test wants something else.</summary>
internal sealed record FaultMix
{
    /// <summary>The mean time between two faults.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMilliseconds(600);

    public bool Crashes { get; init; } = true;

    public bool Pauses { get; init; } = true;

    public bool Partitions { get; init; } = true;

    public bool Disks { get; init; } = true;

    /// <summary>One node may lose its disk for good.</summary>
    public bool Wipes { get; init; } = true;

    /// <summary>A bit of one node's old files may change by itself.</summary>
    public bool Rot { get; init; }

    public static FaultMix None => new()
    {
        Crashes = false,
        Pauses = false,
        Partitions = false,
        Disks = false,
        Wipes = false,
    };

    public bool Any => Crashes || Pauses || Partitions || Disks || Wipes;
}
