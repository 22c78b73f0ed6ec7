using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

/// <summary>A message between two replicas of a <see cref="LogWorld"/>; the part of its kind counts.</summary>
/// <param name="Kind">Which part counts.</param>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
public sealed record LogMessage(MessageKind Kind, NodeId From, NodeId To)
{
    /// <summary>Phase 1a.</summary>
    public Prepare Prepare { get; init; }

    /// <summary>Phase 1b.</summary>
    public Promise Promise { get; init; }

    /// <summary>Phase 2a.</summary>
    public Accept Accept { get; init; }

    /// <summary>Phase 2b.</summary>
    public Accepted Accepted { get; init; }

    /// <summary>The chosen prefix.</summary>
    public Chosen Chosen { get; init; }

    /// <summary>The message that an output points at; null for a kind that this world loses.</summary>
    public static LogMessage? Of(NodeId from, in Outgoing which, ReplicaOutput output) => which.Kind switch
    {
        MessageKind.Prepare => new(which.Kind, from, which.To) { Prepare = output.Prepares[which.Index] },
        MessageKind.Promise => new(which.Kind, from, which.To) { Promise = output.Promises[which.Index] },
        MessageKind.Accept => new(which.Kind, from, which.To) { Accept = output.Accepts[which.Index] },
        MessageKind.Accepted => new(which.Kind, from, which.To) { Accepted = output.Accepteds[which.Index] },
        MessageKind.Chosen => new(which.Kind, from, which.To) { Chosen = output.Chosens[which.Index] },
        _ => null,
    };

    /// <summary>Writes canonical bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.WriteByte((byte)Kind);
        writer.Write(From);
        writer.Write(To);
        switch (Kind)
        {
            case MessageKind.Prepare:
                writer.Write(Prepare.Ballot);
                writer.Write(Prepare.From);
                break;
            case MessageKind.Promise:
                WritePromise(writer);
                break;
            case MessageKind.Accept:
                writer.Write(Accept.Ballot);
                writer.Write(Accept.Slot);
                writer.Write(Accept.ChosenUpTo);
                Write(writer, Accept.Decree);
                break;
            case MessageKind.Accepted:
                writer.Write(Accepted.Ballot);
                writer.Write(Accepted.First);
                writer.Write(Accepted.Last);
                break;
            default:
                writer.Write(Chosen.Ballot);
                writer.Write(Chosen.UpTo);
                break;
        }
    }

    private void WritePromise(StateWriter writer)
    {
        writer.Write(Promise.Ballot);
        writer.Write(Promise.From);
        writer.Write(Promise.Through);
        writer.Write(Promise.Last);
        writer.Write(Promise.ChosenUpTo);
        foreach (var entry in Promise.Entries)
        {
            writer.Write(entry.Slot);
            writer.Write(entry.Ballot);
            writer.Write(entry.Chosen);
            Write(writer, entry.Decree);
        }
    }

    internal static void Write(StateWriter writer, in Decree decree)
    {
        writer.WriteByte((byte)decree.Kind);
        writer.WriteNumber(decree.ElapsedMicroseconds);
        writer.Write(decree.Value);
    }

    /// <summary>For a reader.</summary>
    public string Tell() => Kind switch
    {
        MessageKind.Prepare => $"Prepare {Prepare.Ballot} from slot {Prepare.From}",
        MessageKind.Promise => $"Promise {Promise.Ballot}, chosen up to {Promise.ChosenUpTo}, accepted "
            + (Promise.Entries.Count == 0 ? "nothing" : string.Join(", ", Promise.Entries.Select(Tell))),
        MessageKind.Accept => $"Accept {Accept.Ballot} in slot {Accept.Slot} = {Tell(Accept.Decree)}",
        MessageKind.Accepted => $"Accepted {Accepted.Ballot} in slots {Accepted.First} to {Accepted.Last}",
        _ => $"Chosen up to {Chosen.UpTo} under {Chosen.Ballot}",
    };

    internal static string Tell(Decree decree) => decree.Kind == DecreeKind.NoOp ? "no-op" : decree.Value.ToString();

    private static string Tell(AcceptedEntry entry) => string.Create(
        CultureInfo.InvariantCulture, $"{entry.Slot}: {entry.Ballot} = {Tell(entry.Decree)}{(entry.Chosen ? " chosen" : "")}");
}

/// <summary>
/// Gives every message a number in the order in which an exploration first sees it, so that the pool can hold it. The
/// order is that of the search, so that the same exploration gives the same numbers.
/// </summary>
internal sealed class MessageTable
{
    private readonly List<LogMessage> _messages = [];
    private readonly Dictionary<StateHash, ulong> _numbers = [];
    private readonly StateWriter _writer = new();

    public int Count => _messages.Count;

    public LogMessage this[ulong number] => _messages[(int)number];

    public ulong NumberOf(LogMessage message)
    {
        _writer.Clear();
        message.Write(_writer);
        var hash = StateHash.Of(_writer.Written);
        if (!_numbers.TryGetValue(hash, out var number))
        {
            number = (ulong)_messages.Count;
            _messages.Add(Owned(message));
            _numbers.Add(hash, number);
        }
        return number;
    }

    /// <summary>With values of its own: those of the state at hand go when their depth is over.</summary>
    private static LogMessage Owned(LogMessage message) => message.Kind switch
    {
        MessageKind.Accept => message with { Accept = message.Accept with { Decree = Owned(message.Accept.Decree) } },
        MessageKind.Promise => message with
        {
            Promise = message.Promise with
            {
                Entries = [.. message.Promise.Entries.Select(e => e with { Decree = Owned(e.Decree) })],
            },
        },
        _ => message,
    };

    private static Decree Owned(in Decree decree) => decree with { Value = new Value(decree.Value.Span.ToArray()) };
}
