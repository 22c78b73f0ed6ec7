using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Essential;

/// <summary>
/// Messages of a small world as numbers for a <see cref="MessagePool"/>: kind, ballot, value, process and accepted
/// ballot, a byte each. Ascending codes group a kind's messages by ballot, then value, then acceptor; ballots keep
/// their order.
/// </summary>
internal sealed class PaxosCodes
{
    public const int Prepare = 1;
    public const int Accept = 2;
    public const int Promise = 3;
    public const int Accepted = 4;

    /// <summary>In place of an acceptor: all of them.</summary>
    public const int Everyone = 0;

    /// <summary>The code of a value that nobody wished for.</summary>
    public const int UnknownValue = 63;

    private const int ProposerBits = 3;
    private readonly Value[] _wishes;
    private readonly NodeId[] _acceptors;
    private readonly NodeId[] _proposers;

    public PaxosCodes(IReadOnlyList<NodeId> acceptors, int proposers)
    {
        Check.That(acceptors.Count is >= 1 and <= 7);
        Check.That(proposers is >= 1 and <= 7);
        _acceptors = [.. acceptors];
        var last = acceptors[^1].Number;
        _proposers = [.. Enumerable.Range(1, proposers).Select(i => new NodeId(last + (uint)i))];
        _wishes = [.. Enumerable.Range(0, 2 * proposers).Select(WishOf)];
    }

    public NodeId ProposerNode(int proposer) => _proposers[proposer];

    /// <summary>What a proposer wishes for in its first life, and in all later ones.</summary>
    public Value Wish(int proposer, int life) => _wishes[(proposer * 2) + Math.Min(life, 1)];

    public static int Kind(ulong code) => (int)(code >> 40);

    public static int BallotCode(ulong code) => (int)(code >> 32) & 0xff;

    public static int ValueCode(ulong code) => (int)(code >> 24) & 0xff;

    /// <summary>The place of the acceptor plus one, or <see cref="Everyone"/>.</summary>
    public static int Acceptor(ulong code) => (int)(code >> 16) & 0xff;

    public static int Proposer(ulong code) => (BallotCode(code) & ((1 << ProposerBits) - 1)) - 1;

    private static int AcceptedBallotCode(ulong code) => (int)(code >> 8) & 0xff;

    /// <summary>The same message from or to another acceptor.</summary>
    public static ulong WithAcceptor(ulong code, int acceptor) => (code & ~(0xffUL << 16)) | ((ulong)acceptor << 16);

    /// <summary>The vote that an acceptor answers an Accept with.</summary>
    public static ulong VoteFor(ulong accept, int acceptor) =>
        WithAcceptor(accept & ~(0xffUL << 40), acceptor) | ((ulong)Accepted << 40);

    public ulong Of(in Prepare message, int to) => Pack(Prepare, message.Ballot, null, to, Ballot.None);

    public ulong Of(in Accept message, int to) => Pack(Accept, message.Ballot, message.Value, to, Ballot.None);

    public ulong Of(in Promise message) => Pack(
        Promise, message.Ballot, message.AcceptedValue, PlaceOf(message.From) + 1, message.AcceptedBallot);

    public ulong Of(in Accepted message) => Pack(
        Accepted, message.Ballot, message.Value, PlaceOf(message.From) + 1, Ballot.None);

    public Prepare AsPrepare(ulong code) => new(BallotOf(BallotCode(code)));

    public Accept AsAccept(ulong code) => new(BallotOf(BallotCode(code)), ValueOf(ValueCode(code)));

    public Promise AsPromise(ulong code) => new(
        _acceptors[Acceptor(code) - 1],
        BallotOf(BallotCode(code)),
        BallotOf(AcceptedBallotCode(code)),
        ValueCode(code) == 0 ? null : ValueOf(ValueCode(code)));

    public Accepted AsAccepted(ulong code) => new(
        _acceptors[Acceptor(code) - 1], BallotOf(BallotCode(code)), ValueOf(ValueCode(code)));

    public int CodeOf(Ballot ballot)
    {
        if (ballot.IsNone)
        {
            return 0;
        }
        Check.That(ballot.Round < 32 && ballot.Incarnation == 1);
        var proposer = (int)(ballot.Node.Number - _proposers[0].Number);
        Check.That(proposer >= 0 && proposer < _proposers.Length);
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

    /// <summary>A message for a reader.</summary>
    public string Tell(ulong code)
    {
        var ballot = Tell(BallotCode(code));
        var value = ValueCode(code) == 0 ? "nothing" : ValueOf(ValueCode(code)).ToString();
        return Kind(code) switch
        {
            Prepare => $"Prepare {ballot}",
            Accept => $"Accept {ballot} = {value}",
            Promise when AcceptedBallotCode(code) == 0 => $"Promise {ballot}, accepted nothing",
            Promise => $"Promise {ballot}, accepted {Tell(AcceptedBallotCode(code))} = {value}",
            _ => $"Accepted {ballot} = {value}",
        };
    }

    public static string Tell(int ballotCode) => ballotCode == 0 ? "none" : string.Create(
        CultureInfo.InvariantCulture, $"{ballotCode >> ProposerBits}.p{ballotCode & ((1 << ProposerBits) - 1)}");

    private static Value WishOf(int index) =>
        Value.FromText((char)('a' + (index / 2)) + (index % 2 == 0 ? "" : "'"));

    private ulong Pack(int kind, Ballot ballot, Value? value, int acceptor, Ballot accepted) =>
        ((ulong)kind << 40)
        | ((ulong)CodeOf(ballot) << 32)
        | ((ulong)(value is { } some ? CodeOf(some) : 0) << 24)
        | ((ulong)acceptor << 16)
        | ((ulong)CodeOf(accepted) << 8);

    private Ballot BallotOf(int code) => code == 0
        ? Ballot.None
        : new Ballot((ulong)code >> ProposerBits, _proposers[(code & ((1 << ProposerBits) - 1)) - 1], 1);

    private int PlaceOf(NodeId acceptor) => Array.IndexOf(_acceptors, acceptor);
}
