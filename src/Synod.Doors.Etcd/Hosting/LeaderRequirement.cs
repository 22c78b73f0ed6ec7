using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Paxos;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// A client may ask, by the metadata <c>hasleader: true</c>, to be refused at once where no leader is known.
/// </summary>
internal static class LeaderRequirement
{
    /// <summary>The metadata's name.</summary>
    public const string Header = "hasleader";

    /// <summary>The refusal.</summary>
    public static GrpcStatus Refusal => EtcdErrors.NoLeader;

    /// <summary>Whether the request asks for it.</summary>
    public static bool IsAsked(HttpRequest request) => request.Headers[Header] == "true";

    /// <summary>Whether the request does not ask for it or the node knows a leader.</summary>
    public static bool IsMet(HttpRequest request, INode node) => node.Status.Leader != NodeId.None || !IsAsked(request);
}
