using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Wire;

namespace Synod.Simulation;

/// <summary>
/// A ballot belongs to one proposer in one life, and to at most one decree in each slot (Lamport 2001, §2.2: "different
/// proposals have different numbers").
/// </summary>
internal sealed class BallotJudge(Verdicts verdicts, int nodes)
{
    private readonly SortedDictionary<Ballot, ulong> _lifeOf = [];
    private readonly Dictionary<(Ballot, Slot), ulong> _proposed = [];
    private readonly ulong[] _lives = new ulong[nodes];

    public void Started(Life life) => _lives[life.Machine.Index] = life.Number;

    public void Sent(int from, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        var r = new ByteReader(body);
        if (kind == MessageKind.Prepare)
        {
            Used(from, r.Ballot());
        }
        else if (kind == MessageKind.Accept)
        {
            var ballot = r.Ballot();
            var slot = r.Slot();
            r.Slot();
            var hash = AgreementJudge.HashOf(r.Decree());
            Used(from, ballot);
            if (!_proposed.TryAdd((ballot, slot), hash) && _proposed[(ballot, slot)] != hash)
            {
                verdicts.Add("ballots", $"n{from + 1} proposed two decrees in slot {slot} under {ballot}");
            }
        }
    }

    private void Used(int from, Ballot ballot)
    {
        if (ballot.Node.Number != from + 1)
        {
            verdicts.Add("ballots", $"n{from + 1} uses the ballot {ballot}");
        }
        else if (!_lifeOf.TryAdd(ballot, _lives[from]) && _lifeOf[ballot] != _lives[from])
        {
            verdicts.Add("ballots", $"n{from + 1} used {ballot} in lives {_lifeOf[ballot]} and {_lives[from]}");
        }
    }
}
