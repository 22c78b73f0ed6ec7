using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;

namespace Synod.Node;

/// <summary>
/// Builds a state from a peer's snapshot on the apply actor, while the present state goes on. Not before all of it was
/// found sound does anybody rely on it; it becomes the state when the core says where in the stream of decrees.
/// </summary>
internal sealed class SnapshotBuilder(NodeOptions options, SnapshotBoard board)
{
    private StateInstaller? _installer;
    private BuildReport? _unposted;
    private Slot _slot;

    /// <summary>Takes what has come.</summary>
    /// <returns>True if it has more to do.</returns>
    public bool Turn()
    {
        for (var i = 0; i < PiecesPerTurn && board.Building.TryTake(out var piece); i++)
        {
            Take(piece);
        }
        if (_unposted is { } report && board.Built.TryPost(report))
        {
            _unposted = null;
        }
        return board.Building.Count > 0 || _unposted is not null;
    }

    /// <summary>The whole and sound state of this slot, which was reported.</summary>
    public StateInstaller Take(Slot slot)
    {
        Check.That(_installer is { IsComplete: true } && _slot == slot);
        var installer = _installer!;
        _installer = null;
        return installer;
    }

    private void Take(in SnapshotPiece piece)
    {
        if (piece.Step == SnapshotStep.Drop)
        {
            _installer = piece.Slot == _slot ? null : _installer;
            _unposted = new BuildReport(piece.Slot, null, IsDropped: true); // In place of one that nobody waits for any more.
            return;
        }
        if (piece.Offset == 0)
        {
            _installer = new StateInstaller();
            _slot = piece.Slot;
        }
        if (_installer is null || piece.Slot != _slot)
        {
            return;
        }
        _installer.Take(piece.Bytes.Span);
        if (piece.Step == SnapshotStep.Last)
        {
            _installer.End();
            var error = _installer.Error ?? SnapshotRecovery.WrongFor(options, _installer.Header!, _slot);
            _installer = error is null ? _installer : null;
            _unposted = new BuildReport(_slot, error);
        }
    }

    private const int PiecesPerTurn = 1;
}
