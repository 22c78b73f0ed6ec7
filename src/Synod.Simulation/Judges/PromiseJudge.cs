using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Wire;

namespace Synod.Simulation;

/// <summary>
/// A promise that was told to anybody is never lowered, least of all by a restart (CHECKLIST 1 and 8: durable before it
/// is told). An acceptance is a promise as well, and a Prepare tells the proposer's own.
/// </summary>
internal sealed class PromiseJudge(Verdicts verdicts, int nodes)
{
    private readonly Ballot[] _told = new Ballot[nodes];

    public void Sent(int from, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind is MessageKind.Promise or MessageKind.Accepted or MessageKind.Prepare)
        {
            var r = new ByteReader(body);
            // One life may tell an older promise after a newer one: to another node, like a letter that is late.
            _told[from] = Ballot.Max(_told[from], r.Ballot());
        }
    }

    public void Started(Life life)
    {
        var promised = life.Recovered!.Promised;
        if (promised < _told[life.Machine.Index] && !life.Machine.WasWiped)
        {
            verdicts.Add("promises", $"{life.Machine.Name} told {_told[life.Machine.Index]} and remembers {promised} in life {life.Number}");
        }
    }
}
