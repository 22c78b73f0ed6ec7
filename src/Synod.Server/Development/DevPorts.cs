using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Synod.Server.CommandLine;

namespace Synod.Server.Development;

/// <summary>Looks whether the cluster's ports are free before anything is started: one line instead of one per node.</summary>
internal static class DevPorts
{
    /// <summary>Tries each port.</summary>
    /// <exception cref="UserErrorException">One is in use.</exception>
    public static void Check(IEnumerable<DevNodePlan> plans)
    {
        foreach (var plan in plans)
        {
            foreach (var url in new[] { plan.ClientUrl, plan.PeerUrl })
            {
                try
                {
                    using var listener = new TcpListener(IPAddress.Loopback, url.Port);
                    listener.Start();
                }
                catch (SocketException)
                {
                    throw new UserErrorException(
                        string.Create(CultureInfo.InvariantCulture,
                            $"port {url.Port} is in use, and {plan.Name} needs it; is another cluster or an etcd running?"),
                        SynodCommandLine.ExitCodeFailure);
                }
            }
        }
    }
}
