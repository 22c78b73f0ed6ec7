using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

/// <summary>
/// The log as a world: whole <see cref="Replica"/>s, a network that reorders, doubles and loses, disks that are synced late,
/// nodes that crash.
/// </summary>
/// <remarks>
/// The clock stands still, so that nothing depends on time: who campaigns is an action, and nothing is sent twice by itself
/// (but messages may stay and arrive again). Heartbeats, refusals, catch-up and reads are lost: a network may always do that
/// to them, so what is explored can happen, but what would need them is not explored. Each input is a turn of its own. A
/// crash and the start after it are one step.
/// </remarks>
public sealed partial class LogWorld : IWorld
{
    private readonly LogWorldOptions _options;
    private readonly MessageTable _messages = new();
    private readonly ReplicaProcess[] _nodes;
    private readonly MessagePool _pool;

    // Acceptances that were ever durable: which decree, in which slot, under which ballot, where.
    private readonly MessagePool _acceptances = new(keepsCopies: true);

    // The decree that was first handed out to any state machine, for each slot.
    private readonly byte[] _handedOut = new byte[LogDisk.SlotsMax + 1];
    private bool _handedOutTwo;
    private int _crashes;
    private int _losses;
    private int _duplications;

    /// <summary>Makes the world.</summary>
    public LogWorld(LogWorldOptions options)
    {
        var voters = options.Configuration.Voters;
        Check.That(voters.Count <= 7 && options.Campaigns.Count <= voters.Count && options.Commands.Count <= voters.Count);
        Check.That(options.Campaigns.All(count => count is >= 0 and <= 9));
        Check.That(options.Commands.All(count => count is >= 0 and <= LogCodes.CommandsMax));
        Check.That(options.RecordsUnderWayMax is >= 1 and <= 100);
        _options = options;
        _pool = new MessagePool(options.MessagesStay);
        _nodes =
        [
            .. voters.Select(node => new ReplicaProcess(
                options.MakeReplica(node, options.Configuration, options.Replica), _messages)),
        ];
        Lanes = [.. voters.Select(node => node.ToString())];
        if (options.FirstLeads)
        {
            Open();
        }
        _initial = Bytes();
    }

    /// <summary>The first voter takes the lead without a mishap, and what is left on the way is lost.</summary>
    private void Open()
    {
        Do(new WorldAction(Campaign, 0, 0));
        for (var number = 0UL; number < (ulong)_messages.Count; number++)
        {
            var to = _options.Configuration.PlaceOf(_messages[number].To);
            Do(new WorldAction(Deliver, to, number));
        }
        Check.That(_nodes[0].Replica.IsLeading && _nodes.All(node => node.Replica.ChosenUpTo == new Slot(1)));
        _pool.Clear();
        _nodes[0].ForgetCounts();
    }

    private void Do(WorldAction action)
    {
        Apply(action);
        while (_nodes[action.Process].RecordsUnderWay > 0)
        {
            Apply(new WorldAction(Sync, action.Process, 0));
        }
    }

    private readonly byte[] _initial;

    /// <inheritdoc/>
    public IReadOnlyList<string> Lanes { get; }

    /// <inheritdoc/>
    public void Reset(int initial)
    {
        Check.That(initial == 0);
        var reader = new StateReader(_initial);
        Read(ref reader);
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer)
    {
        foreach (var node in _nodes)
        {
            node.Write(writer);
        }
        _pool.Write(writer);
        _acceptances.Write(writer);
        _handedOut.CopyTo(writer.Take(_handedOut.Length));
        writer.Write(_handedOutTwo);
        writer.WriteByte((byte)_crashes);
        writer.WriteByte((byte)_losses);
        writer.WriteByte((byte)_duplications);
    }

    /// <inheritdoc/>
    public void Read(ref StateReader reader)
    {
        foreach (var node in _nodes)
        {
            node.Read(ref reader);
        }
        _pool.Read(ref reader);
        _acceptances.Read(ref reader);
        reader.Take(_handedOut.Length).CopyTo(_handedOut);
        _handedOutTwo = reader.ReadBool();
        _crashes = reader.ReadByte();
        _losses = reader.ReadByte();
        _duplications = reader.ReadByte();
    }

    private byte[] Bytes()
    {
        var writer = new StateWriter();
        Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>What the last step made durable and handed out goes into the history that properties judge.</summary>
    private void Remember(int place)
    {
        var node = _nodes[place];
        foreach (var record in node.Written)
        {
            if (record.Kind == StateRecordKind.Accepted)
            {
                _acceptances.Send(LogCodes.Acceptance(record, place));
            }
        }
        foreach (var (slot, decree) in node.HandedOut)
        {
            var code = LogCodes.Of(decree);
            ref var first = ref _handedOut[slot.Number];
            _handedOutTwo |= first != 0 && first != code;
            first = first == 0 ? code : first;
        }
        node.Written.Clear();
        node.HandedOut.Clear();
    }
}
