namespace Synod.Doors.Etcd.Services;

/// <summary>
/// The versions that clients are told. They speak of the protocol, not of this project: clients decide by them what
/// they
/// may ask for.
/// </summary>
internal static class ProtocolVersion
{
    /// <summary>The server's.</summary>
    public const string Server = "3.4.23";

    /// <summary>The cluster's: the lowest that all members speak.</summary>
    public const string Cluster = "3.4.0";

    /// <summary>What the stored form can hold; the form itself is this project's own.</summary>
    public const string Storage = Cluster;
}
