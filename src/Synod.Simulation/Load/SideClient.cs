using System.Buffers;
using Synod.Node;
using Synod.Ports;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>A client that asks one thing after another of any node, outside of the history of registers.</summary>
internal abstract class SideClient(World world, Chance chance)
{
    private Action<StoreOutcome?, OrderedStore?>? _then;
    private Life? _asked;
    private bool _toldOfLocalEnd;

    public delegate void Writing(CommandWriter writer);

    public bool IsWaiting => _asked is not null;

    protected World World => world;

    protected Chance Chance => chance;

    protected JudgeSet Judges => world.Judges;

    public void Start() => Later(TimeSpan.Zero, TimeSpan.FromMilliseconds(300));

    /// <summary>The next step; only called when nothing is under way and clients do not rest.</summary>
    protected abstract void Act();

    public void NodeDied(Life life)
    {
        if (_asked == life)
        {
            End(null, null);
        }
    }

    protected void Later(TimeSpan least, TimeSpan most) => world.Scheduler.After(chance.Between(least, most), () =>
    {
        if (_asked is null && !world.ClientsRest)
        {
            Act();
        }
    });

    /// <summary>A process that runs, or null.</summary>
    protected Life? AnyLife() =>
        world.Machines[chance.Below(world.Options.Nodes)].Life is { IsRunning: true } life ? life : null;

    /// <summary>Asks for a write; a null outcome means that it failed or that nobody knows.</summary>
    protected void Write(Life life, Writing write, Action<StoreOutcome?, OrderedStore?> then)
    {
        Begin(life, then);
        life.Node!.Submit(new SideWrite(this, Encode(write)));
    }

    protected void Read(Life life, bool linearizable, Action<OrderedStore> read, Action then)
    {
        Begin(life, (_, _) => then());
        life.Node!.Submit(new SideRead(this, linearizable, read));
    }

    /// <summary>A command's bytes.</summary>
    public static byte[] Encode(Writing write)
    {
        var output = new ArrayBufferWriter<byte>(64);
        var writer = new CommandWriter(output);
        writer.Begin();
        write(writer);
        return output.WrittenSpan.ToArray();
    }

    private void Begin(Life life, Action<StoreOutcome?, OrderedStore?> then)
    {
        _asked = life;
        _then = then;
    }

    private void End(StoreOutcome? outcome, OrderedStore? store)
    {
        if (_asked is null)
        {
            if (!_toldOfLocalEnd)
            {
                _toldOfLocalEnd = true;
                Judges.Verdicts.Add("soundness", $"a request of {GetType().Name} was answered twice");
            }
            return;
        }
        var then = _then!;
        _asked = null;
        _then = null;
        then(outcome, store);
    }

    private sealed class SideWrite(SideClient client, byte[] command) : WriteRequest(command)
    {
        public override void Applied(Outcome outcome, OrderedStore store) => client.End((StoreOutcome)outcome, store);

        public override void Fail(Failure failure) => client.End(null, null);
    }

    private sealed class SideRead(SideClient client, bool linearizable, Action<OrderedStore> read)
        : ReadRequest(linearizable)
    {
        public override void Run(OrderedStore store)
        {
            read(store);
            client.End(null, store);
        }

        public override void Fail(Failure failure) => client.End(null, null);
    }
}
