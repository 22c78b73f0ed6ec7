namespace Synod.Doors.Etcd.Tests;

/// <summary>How long tests wait for what must happen; none of it is ever waited out in a test that passes.</summary>
public static class Deadlines
{
    /// <summary>For one call or message.</summary>
    public static readonly TimeSpan Call = TimeSpan.FromSeconds(30);

    /// <summary>For a client process from start to end.</summary>
    public static readonly TimeSpan Process = TimeSpan.FromSeconds(60);
}
