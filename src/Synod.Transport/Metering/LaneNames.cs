using Synod.Ports;

namespace Synod.Transport.Metering;

/// <summary>Lanes as they appear in logs and metrics.</summary>
internal static class LaneNames
{
    public static string Of(PeerLane lane) => lane switch
    {
        PeerLane.Control => "control",
        PeerLane.Data => "data",
        _ => "bulk",
    };
}
