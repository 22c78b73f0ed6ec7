using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Practical;

/// <summary>
/// Messages of a small world as numbers for a <see cref="MessagePool"/>: kind, ballot, value, sender and a second
/// ballot (accepted or promised), a byte each. Ascending codes group a kind's messages by ballot, then value, then
/// sender; ballots keep their order.
/// </summary>
internal sealed class PracticalCodes
{
    public const int Prepare = 1;
    public const int Accept = 2;
    public const int Promise = 3;
    public const int Nack = 4;
    public const int Accepted = 5;

    /// <summary>The code of a value that nobody wished for.</summary>
    public const int UnknownValue = 63;

    private const int MemberBits = 3;
    private readonly NodeId[] _members;
    private readonly Value[] _wishes;

    public PracticalCodes(IReadOnlyList<NodeId> members)
    {
        Check.That(members.Count is >= 1 and <= 7);
        _members = [.. members];
        _wishes = [.. Enumerable.Range(0, 2 * members.Count).Select(WishOf)];
    }

    /// <summary>What a member wishes for in its first life, and in all later ones.</summary>
    public Value Wish(int member, int life) => _wishes[(member * 2) + Math.Min(life, 1)];

    public static int Kind(ulong code) => (int)(code >> 40);

    public static int BallotCode(ulong code) => (int)(code >> 32) & 0xff;

    public static int ValueCode(ulong code) => (int)(code >> 24) & 0xff;

    /// <summary>The place of the sender of an answer.</summary>
    public static int From(ulong code) => (int)((code >> 16) & 0xff) - 1;

    /// <summary>The place of the member whose ballot it is.</summary>
    public static int Owner(ulong code) => (BallotCode(code) & ((1 << MemberBits) - 1)) - 1;

    private static int SecondBallotCode(ulong code) => (int)(code >> 8) & 0xff;

    public ulong Of(Prepare message) => Pack(Prepare, message.Ballot, null, null, Ballot.None);

    public ulong Of(Accept message) => Pack(Accept, message.Ballot, message.Value, null, Ballot.None);

    public ulong Of(Promise message) =>
        Pack(Promise, message.Ballot, message.AcceptedValue, message.From, message.AcceptedBallot);

    public ulong Of(Nack message) => Pack(Nack, message.Ballot, null, message.From, message.Promised);

    public ulong Of(Accepted message) => Pack(Accepted, message.Ballot, message.Value, message.From, Ballot.None);

    public Prepare AsPrepare(ulong code) => new(BallotOf(BallotCode(code)));

    public Accept AsAccept(ulong code) => new(BallotOf(BallotCode(code)), ValueOf(ValueCode(code)));

    public Promise AsPromise(ulong code) => new(
        _members[From(code)],
        BallotOf(BallotCode(code)),
        BallotOf(SecondBallotCode(code)),
        ValueCode(code) == 0 ? null : ValueOf(ValueCode(code)));

    public Nack AsNack(ulong code) =>
        new(_members[From(code)], BallotOf(BallotCode(code)), BallotOf(SecondBallotCode(code)));

    public Accepted AsAccepted(ulong code) =>
        new(_members[From(code)], BallotOf(BallotCode(code)), ValueOf(ValueCode(code)));

    public int CodeOf(Ballot ballot)
    {
        if (ballot.IsNone)
        {
            return 0;
        }
        Check.That(ballot.Round < 32 && ballot.Incarnation == 1);
        return ((int)ballot.Round << MemberBits) | (Array.IndexOf(_members, ballot.Node) + 1);
    }

    public int CodeOf(Value value)
    {
        var at = Array.IndexOf(_wishes, value);
        return at < 0 ? UnknownValue : at + 1;
    }

    public Value ValueOf(int code) => code == UnknownValue ? Value.FromText("?") : _wishes[code - 1];

    /// <summary>A message for a reader.</summary>
    public string Tell(ulong code)
    {
        var ballot = Tell(BallotCode(code));
        var second = Tell(SecondBallotCode(code));
        var value = ValueCode(code) == 0 ? "nothing" : ValueOf(ValueCode(code)).ToString();
        return Kind(code) switch
        {
            Prepare => $"Prepare {ballot}",
            Accept => $"Accept {ballot} = {value}",
            Promise when SecondBallotCode(code) == 0 => $"Promise {ballot}, accepted nothing",
            Promise => $"Promise {ballot}, accepted {second} = {value}",
            Nack => $"Nack {ballot}, promised {second}",
            _ => $"Accepted {ballot} = {value}",
        };
    }

    private static string Tell(int ballotCode) => ballotCode == 0 ? "none" : string.Create(
        CultureInfo.InvariantCulture, $"{ballotCode >> MemberBits}.m{ballotCode & ((1 << MemberBits) - 1)}");

    private static Value WishOf(int index) =>
        Value.FromText((char)('a' + (index / 2)) + (index % 2 == 0 ? "" : "'"));

    private Ballot BallotOf(int code) => code == 0
        ? Ballot.None
        : new Ballot((ulong)code >> MemberBits, _members[(code & ((1 << MemberBits) - 1)) - 1], 1);

    private ulong Pack(int kind, Ballot ballot, Value? value, NodeId? from, Ballot second) =>
        ((ulong)kind << 40)
        | ((ulong)CodeOf(ballot) << 32)
        | ((ulong)(value is { } some ? CodeOf(some) : 0) << 24)
        | ((ulong)(from is { } node ? Array.IndexOf(_members, node) + 1 : 0) << 16)
        | ((ulong)CodeOf(second) << 8);
}
