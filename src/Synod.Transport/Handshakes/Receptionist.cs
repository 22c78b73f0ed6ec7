using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Transport.Links;
using Synod.Wire;

namespace Synod.Transport.Handshakes;

/// <summary>
/// Shakes hands with callers: hears who they are, answers or refuses, and attaches them to their lane.
/// </summary>
internal sealed class Receptionist
{
    private readonly TcpPeersOptions _options;
    private readonly Admission _admission;
    private readonly ILogger _log;
    private readonly LineLimiter _foreignLines;
    private readonly LineLimiter[] _refusalLines;

    public Receptionist(TcpPeersOptions options, Admission admission, ILogger log)
    {
        _options = options;
        _admission = admission;
        _log = log;
        _foreignLines = NewLimiter();
        _refusalLines = [.. Enum.GetValues<RefusalKind>().Select(_ => NewLimiter())];
    }

    /// <summary>
    /// True when the socket now belongs to a lane; false when the caller of this method has to close it.
    /// </summary>
    public async Task<bool> ReceiveAsync(Socket socket, CancellationToken stop)
    {
        SocketSetup.Prepare(socket, _options, _log);
        using var limit = new CancellationTokenSource(_options.HandshakeTimeout, _options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await ShakeHandsAsync(socket, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            string reason = $"the handshake was not finished within {_options.HandshakeTimeout.TotalSeconds:0.###} s";
            await RefuseAsync(socket, "?", new HandshakeRefusal(RefusalKind.TimedOut, reason)).ConfigureAwait(false);
            return false;
        }
    }

    private async Task<bool> ShakeHandsAsync(Socket socket, CancellationToken cancellation)
    {
        HandshakeRead first = await HandshakeStream.ReadAsync(socket, cancellation).ConfigureAwait(false);
        if (first.Decoding == HandshakeDecoding.Foreign)
        {
            if (_foreignLines.MayWrite(out long leftOut))
            {
                _log.ForeignBytes(socket.RemoteEndPoint, ForeignBytes.Describe(first.Bytes.Span), leftOut);
            }
            return false;
        }
        if (!first.Is(HandshakeKind.Hello))
        {
            if (first.Decoding == HandshakeDecoding.Incomplete)
            {
                _log.CallerLeft(Reasons.EndOfStream);
                return false;
            }
            await RefuseAsync(socket, "?", first.Refusal()).ConfigureAwait(false);
            return false;
        }
        Hello theirs = first.Message.Hello;
        var from = new NodeId(theirs.From);
        if (_admission.JudgeCaller(theirs, out Lane? lane) is { } no)
        {
            await RefuseAsync(socket, from.ToString(), no).ConfigureAwait(false);
            return false;
        }
        byte[] ours = HandshakeCodec.Write(_admission.Introduce(from, theirs.Lane));
        await HandshakeStream.WriteAsync(socket, ours, cancellation).ConfigureAwait(false);
        HandshakeRead second = await HandshakeStream.ReadAsync(socket, cancellation).ConfigureAwait(false);
        if (!second.Is(HandshakeKind.Welcome))
        {
            HandshakeRefusal refusal = second.Refusal();
            LogRefusal(socket, from.ToString(), refusal);
            return false;
        }
        // From here on the lane owns the socket, also when it closes it because an obstacle came up meanwhile.
        lane!.Attach(socket, theirs);
        return true;
    }

    private async ValueTask RefuseAsync(Socket socket, string caller, HandshakeRefusal refusal)
    {
        LogRefusal(socket, caller, refusal);
        await HandshakeStream.RefuseAsync(socket, refusal.Reason, _options).ConfigureAwait(false);
    }

    private void LogRefusal(Socket socket, string caller, HandshakeRefusal refusal)
    {
        if (!_refusalLines[(int)refusal.Kind].MayWrite(out long leftOut))
        {
            return;
        }
        if (refusal.Kind == RefusalKind.ByPeer)
        {
            _log.RefusedByCaller(caller, socket.RemoteEndPoint, refusal.Reason, leftOut);
        }
        else
        {
            _log.RefusedCaller(caller, socket.RemoteEndPoint, refusal.Reason, leftOut);
        }
    }

    private LineLimiter NewLimiter() => new(_options.Clock, _options.RepeatedLineInterval);
}
