using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Decision;

/// <summary>
/// Messages of a small world that decides one value, as numbers for a <see cref="MessagePool"/>: kind, ballot, value,
/// acceptor and a second ballot (accepted or promised), a byte each. Ascending codes group a kind's messages by ballot,
/// then value, then acceptor; ballots keep their order.
/// </summary>
internal sealed class DecisionCodes
{
    public const int Prepare = 1;
    public const int Accept = 2;
    public const int Promise = 3;
    public const int Accepted = 4;
    public const int Nack = 5;
    public const int Heartbeat = 6;

    /// <summary>In place of an acceptor: all of them.</summary>
    public const int Everyone = 0;

    /// <summary>The code of a value that nobody wished for.</summary>
    public const int UnknownValue = 63;

    /// <summary>The highest round that has a code.</summary>
    public const int RoundMax = 31;

    private const int ProposerBits = 3;
    private readonly Value[] _wishes;
    private readonly NodeId[] _acceptors;
    private readonly NodeId[] _proposers;
    private readonly char _lane;

    /// <param name="acceptors">Who votes.</param>
    /// <param name="proposers">Who proposes; they may be the same.</param>
    /// <param name="lane">The letter before a proposer's place when a ballot is told.</param>
    public DecisionCodes(IReadOnlyList<NodeId> acceptors, IReadOnlyList<NodeId> proposers, char lane)
    {
        Check.That(acceptors.Count is >= 1 and <= 7);
        Check.That(proposers.Count is >= 1 and <= 7);
        _acceptors = [.. acceptors];
        _proposers = [.. proposers];
        _lane = lane;
        _wishes = [.. Enumerable.Range(0, 2 * proposers.Count).Select(WishOf)];
    }

    public NodeId ProposerNode(int proposer) => _proposers[proposer];

    /// <summary>What a proposer wishes for in its first life, and in all later ones.</summary>
    public Value Wish(int proposer, int life) => _wishes[(proposer * 2) + Math.Min(life, 1)];

    public static int Kind(ulong code) => (int)(code >> 40);

    public static int BallotCode(ulong code) => (int)(code >> 32) & 0xff;

    public static int ValueCode(ulong code) => (int)(code >> 24) & 0xff;

    /// <summary>The place of the acceptor plus one, or <see cref="Everyone"/>.</summary>
    public static int Acceptor(ulong code) => (int)(code >> 16) & 0xff;

    /// <summary>The place of the proposer whose ballot it is.</summary>
    public static int Proposer(ulong code) => (BallotCode(code) & ((1 << ProposerBits) - 1)) - 1;

    private static int SecondBallotCode(ulong code) => (int)(code >> 8) & 0xff;

    /// <summary>The same message from or to another acceptor.</summary>
    public static ulong WithAcceptor(ulong code, int acceptor) => (code & ~(0xffUL << 16)) | ((ulong)acceptor << 16);

    /// <summary>The same message with acceptors at new places.</summary>
    public static ulong Rename(ulong code, IReadOnlyList<int> newPlaces) =>
        Acceptor(code) == Everyone ? code : WithAcceptor(code, newPlaces[Acceptor(code) - 1] + 1);

    /// <summary>The vote that an acceptor answers an Accept with.</summary>
    public static ulong VoteFor(ulong accept, int acceptor) =>
        WithAcceptor(accept & ~(0xffUL << 40), acceptor) | ((ulong)Accepted << 40);

    public ulong Of(Prepare message) => Pack(Prepare, message.Ballot, null, Everyone, Ballot.None);

    public ulong Of(Accept message) => Pack(Accept, message.Ballot, message.Value, Everyone, Ballot.None);

    public ulong Of(Promise message) => Pack(
        Promise, message.Ballot, message.AcceptedValue, PlaceOf(message.From) + 1, message.AcceptedBallot);

    public ulong Of(Accepted message) => Pack(
        Accepted, message.Ballot, message.Value, PlaceOf(message.From) + 1, Ballot.None);

    public ulong Of(Nack message) => Pack(
        Nack, message.Ballot, null, PlaceOf(message.From) + 1, message.Promised);

    /// <summary>A sign of life of who leads under that ballot.</summary>
    public ulong OfHeartbeat(Ballot ballot) => Pack(Heartbeat, ballot, null, Everyone, Ballot.None);

    public Prepare AsPrepare(ulong code) => new(BallotOf(BallotCode(code)));

    public Accept AsAccept(ulong code) => new(BallotOf(BallotCode(code)), ValueOf(ValueCode(code)));

    public Promise AsPromise(ulong code) => new(
        _acceptors[Acceptor(code) - 1],
        BallotOf(BallotCode(code)),
        BallotOf(SecondBallotCode(code)),
        ValueCode(code) == 0 ? null : ValueOf(ValueCode(code)));

    public Accepted AsAccepted(ulong code) => new(
        _acceptors[Acceptor(code) - 1], BallotOf(BallotCode(code)), ValueOf(ValueCode(code)));

    public Nack AsNack(ulong code) => new(
        _acceptors[Acceptor(code) - 1], BallotOf(BallotCode(code)), BallotOf(SecondBallotCode(code)));

    public int CodeOf(Ballot ballot)
    {
        if (ballot.IsNone)
        {
            return 0;
        }
        Check.That(ballot.Round <= RoundMax && ballot.Incarnation == 1);
        var proposer = Array.IndexOf(_proposers, ballot.Node);
        Check.That(proposer >= 0);
        return ((int)ballot.Round << ProposerBits) | (proposer + 1);
    }

    public int CodeOf(Value value)
    {
        for (var i = 0; i < _wishes.Length; i++)
        {
            if (_wishes[i] == value)
            {
                return i + 1;
            }
        }
        return UnknownValue;
    }

    public Value ValueOf(int code) => code == UnknownValue ? Value.FromText("?") : _wishes[code - 1];

    /// <summary>The ballot next below, as a code; 0 if there is none.</summary>
    public int Below(int ballot)
    {
        var (round, proposer) = (ballot >> ProposerBits, ballot & ((1 << ProposerBits) - 1));
        return proposer > 1 ? ballot - 1 : round > 1 ? ((round - 1) << ProposerBits) | _proposers.Length : 0;
    }

    /// <summary>All that an acceptor could promise a ballot with: nothing accepted, or anybody's wish under the ballot below.</summary>
    public IEnumerable<Promise> PromisesOf(NodeId acceptor, int ballot)
    {
        yield return new Promise(acceptor, BallotOf(ballot), Ballot.None, null);
        for (var i = 0; i < _proposers.Length && Below(ballot) != 0; i++)
        {
            yield return new Promise(acceptor, BallotOf(ballot), BallotOf(Below(ballot)), Wish(i, 0));
        }
    }

    /// <summary>A message for a reader.</summary>
    public string Tell(ulong code)
    {
        var ballot = Tell(BallotCode(code));
        var value = ValueCode(code) == 0 ? "nothing" : ValueOf(ValueCode(code)).ToString();
        return Kind(code) switch
        {
            Prepare => $"Prepare {ballot}",
            Accept => $"Accept {ballot} = {value}",
            Promise when SecondBallotCode(code) == 0 => $"Promise {ballot}, accepted nothing",
            Promise => $"Promise {ballot}, accepted {Tell(SecondBallotCode(code))} = {value}",
            Nack => $"Nack {ballot}, promised {Tell(SecondBallotCode(code))}",
            Heartbeat => $"Heartbeat {ballot}",
            _ => $"Accepted {ballot} = {value}",
        };
    }

    private string Tell(int ballotCode) => ballotCode == 0 ? "none" : string.Create(
        CultureInfo.InvariantCulture, $"{ballotCode >> ProposerBits}.{_lane}{ballotCode & ((1 << ProposerBits) - 1)}");

    private static Value WishOf(int index) =>
        Value.FromText((char)('a' + (index / 2)) + (index % 2 == 0 ? "" : "'"));

    private ulong Pack(int kind, Ballot ballot, Value? value, int acceptor, Ballot accepted) =>
        ((ulong)kind << 40)
        | ((ulong)CodeOf(ballot) << 32)
        | ((ulong)(value is { } some ? CodeOf(some) : 0) << 24)
        | ((ulong)acceptor << 16)
        | ((ulong)CodeOf(accepted) << 8);

    public Ballot BallotOf(int code) => code == 0
        ? Ballot.None
        : new Ballot((ulong)code >> ProposerBits, _proposers[(code & ((1 << ProposerBits) - 1)) - 1], 1);

    private int PlaceOf(NodeId acceptor) => Array.IndexOf(_acceptors, acceptor);
}
