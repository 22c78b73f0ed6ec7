using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Commit;

namespace Synod.Explorer.Commit;

/// <summary>
/// Messages of <see cref="CommitWorld"/> as numbers: kind, ballot, acceptor, and a byte for each instance. What a
/// process sends to another for several instances at the same time travels as one message, as the paper has it (§4.1).
/// </summary>
internal sealed class CommitCodes
{
    public const int Prepare = 1;
    public const int Accept = 2;
    public const int Promise = 3;
    public const int Accepted = 4;
    public const int ParticipantBallot = 1;
    private const int Present = 0x80;
    private readonly NodeId[] _recoveries;

    public CommitCodes(int participants, int recoveries)
    {
        Check.That(participants is >= 1 and <= 4 && recoveries is >= 0 and <= 2);
        var nodes = Enumerable.Range(101, participants).Select(number => new NodeId((uint)number)).ToArray();
        Participants = nodes;
        _recoveries = [.. Enumerable.Range(201, recoveries).Select(number => new NodeId((uint)number))];
    }

    public IReadOnlyList<NodeId> Participants { get; }

    public NodeId Recovery(int index) => _recoveries[index];

    public static int Kind(ulong code) => (int)(code >> 44);

    public static int BallotCode(ulong code) => (int)(code >> 40) & 0xf;

    /// <summary>The place of the acceptor plus one; 0 for messages to all acceptors.</summary>
    public static int Acceptor(ulong code) => (int)(code >> 36) & 0xf;

    public static ulong WithAcceptor(ulong code, int acceptor) => (code & ~(0xfUL << 36)) | ((ulong)acceptor << 36);

    public static ulong Of(int kind, int ballot, int acceptor) =>
        ((ulong)kind << 44) | ((ulong)ballot << 40) | ((ulong)acceptor << 36);

    /// <summary>The same message with a part for an instance: for a Promise what was accepted there.</summary>
    public static ulong WithPart(ulong code, int place, int acceptedBallot, Vote? vote) =>
        code | ((ulong)(Present | (acceptedBallot << 2) | (int)(vote ?? 0)) << (8 * place));

    public static bool HasPart(ulong code, int place) => (code >> (8 * place) & Present) != 0;

    public static bool HasParts(ulong code) => (uint)code != 0;

    public static int AcceptedBallot(ulong code, int place) => (int)(code >> ((8 * place) + 2)) & 0xf;

    public static Vote? VoteIn(ulong code, int place) =>
        (code >> (8 * place) & 3) is var vote and not 0 ? (Vote)vote : null;

    /// <summary>Ballots: 1 is the participant's own; then two rounds of each who recovers.</summary>
    public int CodeOf(Ballot ballot)
    {
        if (ballot.Round <= Transaction.ParticipantRound)
        {
            return ballot.IsNone ? 0 : ParticipantBallot;
        }
        Check.That(ballot.Round <= 3);
        return 2 + (((int)ballot.Round - 2) * _recoveries.Length) + Array.IndexOf(_recoveries, ballot.Node);
    }

    public Ballot BallotOf(int code, int place) => code switch
    {
        0 => Ballot.None,
        ParticipantBallot => Transaction.BallotOf(Participants[place]),
        _ => new Ballot((ulong)(2 + ((code - 2) / _recoveries.Length)), _recoveries[RecoveryOf(code)], 1),
    };

    public int RecoveryOf(int ballotCode) => (ballotCode - 2) % _recoveries.Length;

    public string Tell(ulong code)
    {
        var parts = Enumerable.Range(0, Participants.Count).Where(place => HasPart(code, place))
            .Select(place => $"rm{place + 1} {TellPart(code, place)}");
        var kind = Kind(code) switch
        {
            Prepare => "Prepare",
            Accept => "Accept",
            Promise => "Promise",
            _ => "Accepted",
        };
        return $"{kind} {TellBallot(BallotCode(code))} {string.Join(", ", parts)}".TrimEnd();
    }

    public string TellBallot(int code) => code switch
    {
        0 => "none",
        ParticipantBallot => "0",
        _ => string.Create(
            CultureInfo.InvariantCulture, $"{1 + ((code - 2) / _recoveries.Length)}.r{RecoveryOf(code) + 1}"),
    };

    private string TellPart(ulong code, int place)
    {
        if (Kind(code) == Prepare)
        {
            return "?";
        }
        var vote = VoteIn(code, place)?.ToString() ?? "nothing";
        return Kind(code) == Promise && AcceptedBallot(code, place) != 0
            ? $"{vote} (at {TellBallot(AcceptedBallot(code, place))})"
            : vote;
    }
}
