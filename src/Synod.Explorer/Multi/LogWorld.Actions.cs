using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

public sealed partial class LogWorld
{
    private const int Campaign = 1;
    private const int Propose = 2;
    private const int Deliver = 3;
    private const int Sync = 4;
    private const int Crash = 5;
    private const int Lose = 6;
    private const int Duplicate = 7;

    /// <inheritdoc/>
    public void ListActions(ActionList actions)
    {
        for (var place = 0; place < _nodes.Length; place++)
        {
            var node = _nodes[place];
            if (TakesInput(place))
            {
                if (node.Campaigns < _options.Campaigns.ElementAtOrDefault(place) && node.Replica.IsIdle)
                {
                    actions.Add(new WorldAction(Campaign, place, 0));
                }
                if (node.Commands < _options.Commands.ElementAtOrDefault(place) && node.Replica.IsLeading)
                {
                    actions.Add(new WorldAction(Propose, place, 0));
                }
            }
            if (node.RecordsUnderWay > 0)
            {
                actions.Add(new WorldAction(Sync, place, 0));
            }
            for (var kept = 0; _crashes < _options.CrashesMax && kept <= node.RecordsUnderWay; kept++)
            {
                actions.Add(new WorldAction(Crash, place, (ulong)kept));
            }
        }
        for (var i = 0; i < _pool.Count; i++)
        {
            if (_pool.CopiesOf(i) > 0)
            {
                ListDelivery(actions, _pool[i]);
            }
        }
    }

    private void ListDelivery(ActionList actions, ulong number)
    {
        var place = _options.Configuration.PlaceOf(_messages[number].To);
        if (_messages[number].Kind == MessageKind.Chosen && !_options.ChosenArrives)
        {
            return;
        }
        if (TakesInput(place))
        {
            actions.Add(new WorldAction(Deliver, place, number));
        }
        if (!_options.MessagesStay)
        {
            if (_losses < _options.LossesMax)
            {
                actions.Add(new WorldAction(Lose, place, number));
            }
            if (_duplications < _options.DuplicationsMax)
            {
                actions.Add(new WorldAction(Duplicate, place, number));
            }
        }
    }

    private bool TakesInput(int place) => _nodes[place].RecordsUnderWay < _options.RecordsUnderWayMax;

    /// <inheritdoc/>
    public bool Apply(WorldAction action)
    {
        var node = _nodes[action.Process];
        switch (action.Kind)
        {
            case Campaign:
                node.Campaign();
                node.EndTurn(_pool);
                break;
            case Propose:
                node.Propose(LogCodes.Command(action.Process, node.Commands));
                node.EndTurn(_pool);
                break;
            case Deliver:
                _pool.Arrive(action.Argument);
                node.Take(_messages[action.Argument]);
                node.EndTurn(_pool);
                break;
            case Sync:
                node.Sync(_pool);
                break;
            case Crash:
                _crashes++;
                node.CrashAndRestart((int)action.Argument, _pool);
                break;
            case Lose:
                _losses++;
                _pool.Lose(action.Argument);
                return true;
            default:
                Check.That(action.Kind == Duplicate);
                _duplications++;
                _pool.Duplicate(action.Argument);
                return true;
        }
        while (!_options.SyncIsAStep && node.RecordsUnderWay > 0)
        {
            node.Sync(_pool);
        }
        Remember(action.Process);
        return true;
    }

    /// <inheritdoc/>
    public WorldEvent Describe(WorldAction action)
    {
        switch (action.Kind)
        {
            case Campaign:
                return new WorldEvent("campaigns", action.Process);
            case Propose:
                var command = LogCodes.Command(action.Process, _nodes[action.Process].Commands);
                return new WorldEvent($"proposes {command}", action.Process);
            case Sync:
                return new WorldEvent("what was written is on disk", action.Process);
            case Crash:
                var underWay = _nodes[action.Process].RecordsUnderWay;
                var kept = underWay == 0 ? "" : string.Create(
                    CultureInfo.InvariantCulture, $", {action.Argument} of {underWay} records reached the disk");
                return new WorldEvent($"crashes and restarts{kept}", action.Process, EventMark.Crashes);
            case Deliver:
                var message = _messages[action.Argument];
                var from = _options.Configuration.PlaceOf(message.From);
                return new WorldEvent(message.Tell(), action.Process, EventMark.Receives, from);
            default:
                var what = action.Kind == Lose ? "lost" : "doubled";
                return new WorldEvent($"{what}: {_messages[action.Argument].Tell()}", action.Process, EventMark.Loses);
        }
    }
}
