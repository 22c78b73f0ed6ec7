using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

/// <summary>Decrees and acceptances of a small log as numbers.</summary>
internal static class LogCodes
{
    public const byte NoOp = 1;
    public const byte Unknown = 255;
    public const int CommandsMax = 8;

    private const byte FirstCommand = 2;

    /// <summary>The command that the clients of a node propose as its number <paramref name="count"/>.</summary>
    public static Value Command(int place, int count) =>
        Value.FromText($"{(char)('a' + place)}{(char)('1' + count)}");

    /// <summary>Which decree; every command of each node has a code of its own.</summary>
    public static byte Of(in Decree decree)
    {
        if (decree == Decree.NoOp)
        {
            return NoOp;
        }
        var text = decree.Value.Span;
        return decree.Kind == DecreeKind.Command && text.Length == 2
            ? (byte)(FirstCommand + ((text[0] - 'a') * CommandsMax) + (text[1] - '1'))
            : Unknown;
    }

    /// <summary>Whose command, and which; (-1, 0) for what is none.</summary>
    public static (int Place, int Count) Tell(byte code) =>
        code is NoOp or Unknown ? (-1, 0) : ((code - FirstCommand) / CommandsMax, (code - FirstCommand) % CommandsMax);

    /// <summary>A durable acceptance: slot, ballot, decree, place, a byte each (the ballot two), so that those of one slot and ballot stand together.</summary>
    public static ulong Acceptance(in StateRecord record, int place)
    {
        Check.That(record.Ballot.Round <= 255 && record.Ballot.Node.Number <= 255);
        return (record.Slot.Number << 32) | (record.Ballot.Round << 24) | ((ulong)record.Ballot.Node.Number << 16)
            | ((ulong)Of(record.Decree) << 8) | (uint)place;
    }

    public static int SlotOf(ulong acceptance) => (int)(acceptance >> 32);

    public static ulong SlotAndBallotOf(ulong acceptance) => acceptance >> 16;

    public static byte DecreeOf(ulong acceptance) => (byte)(acceptance >> 8);

    public static int PlaceOf(ulong acceptance) => (byte)acceptance;
}
