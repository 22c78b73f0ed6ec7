using Synod.Paxos;

namespace Synod.Explorer.Tests.OwnWorld;

// page: exploration
/// <summary>Two clients and the server of a lock. Messages stay in the network: they may come late, again, or never.</summary>
internal sealed class LockWorld(bool releaseNamesItsGrant) : IWorld
{
    private const int Ask = 1, Granted = 2, Release = 3;         // what is sent
    private const int Want = 4, Leave = 5;                       // what a client does by itself
    private const int AsksMax = 2;
    private readonly MessagePool _network = new(keepsCopies: true);
    private readonly int[] _asked = new int[2];                  // clients: the number of their last wish,
    private readonly bool[] _holds = new bool[2];                // and whether they believe that they hold the lock
    private readonly int[] _answered = new int[2];               // server: the last wish that it granted, by client,
    private int _holder = -1;                                    // and who holds the lock

    public bool BothHold => _holds[0] && _holds[1];

    public IReadOnlyList<string> Lanes { get; } = ["c1", "c2", "server"];

    public void Reset(int initial)
    {
        _network.Clear();
        Array.Clear(_asked);
        Array.Clear(_holds);
        Array.Clear(_answered);
        _holder = -1;
    }

    public void ListActions(ActionList actions)
    {
        for (var client = 0; client < 2; client++)
        {
            if (_holds[client])
            {
                actions.Add(new WorldAction(Leave, client, 0));
            }
            else if (_asked[client] < AsksMax)
            {
                actions.Add(new WorldAction(Want, client, 0));
            }
        }
        for (var i = 0; i < _network.Count; i++)
        {
            actions.Add(new WorldAction(KindOf(_network[i]), ClientOf(_network[i]), _network[i]));
        }
    }

    public bool Apply(WorldAction action)
    {
        var (client, wish) = (action.Process, WishOf(action.Argument));
        switch (action.Kind)
        {
            case Want:
                _network.Send(Code(Ask, client, ++_asked[client]));
                break;
            case Ask when _holder < 0 && wish > _answered[client]:
                (_holder, _answered[client]) = (client, wish);
                _network.Send(Code(Granted, client, wish));
                break;
            case Granted when wish == _asked[client] && !_network.Has(Code(Release, client, wish)):
                _holds[client] = true;
                break;
            case Leave:
                _holds[client] = false;
                _network.Send(Code(Release, client, _asked[client]));
                break;
            case Release when _holder == client && (wish == _answered[client] || !releaseNamesItsGrant):
                _holder = -1;
                break;
            default:
                return false; // nothing has changed
        }
        return true;
    }

    public void Write(StateWriter writer)
    {
        for (var client = 0; client < 2; client++)
        {
            writer.WriteByte((byte)_asked[client]);
            writer.Write(_holds[client]);
            writer.WriteByte((byte)_answered[client]);
        }
        writer.WriteByte((byte)(_holder + 1));
        _network.Write(writer);
    }

    public void Read(ref StateReader reader)
    {
        for (var client = 0; client < 2; client++)
        {
            _asked[client] = reader.ReadByte();
            _holds[client] = reader.ReadBool();
            _answered[client] = reader.ReadByte();
        }
        _holder = reader.ReadByte() - 1;
        _network.Read(ref reader);
    }

    public WorldEvent Describe(WorldAction action) => action.Kind switch
    {
        Want => new($"wants the lock, wish {_asked[action.Process] + 1}", action.Process),
        Leave => new("leaves the lock", action.Process),
        Ask => new($"ask {WishOf(action.Argument)}", Lane: 2, EventMark.Receives, action.Process),
        Granted => new($"granted {WishOf(action.Argument)}", action.Process, EventMark.Receives, FromLane: 2),
        _ => new($"release {WishOf(action.Argument)}", Lane: 2, EventMark.Receives, action.Process),
    };

    private static ulong Code(int kind, int client, int wish) => (ulong)((kind << 16) | (client << 8) | wish);

    private static int KindOf(ulong code) => (int)(code >> 16);

    private static int ClientOf(ulong code) => (int)(code >> 8) & 0xff;

    private static int WishOf(ulong code) => (int)code & 0xff;
}
// end of page
