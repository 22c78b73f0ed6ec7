using Microsoft.Extensions.Logging;

namespace Synod.Transport.Links;

/// <summary>What all links of a node share.</summary>
internal sealed record LinkEnvironment(TcpPeersOptions Options, EventQueue Events, ILogger Log);
