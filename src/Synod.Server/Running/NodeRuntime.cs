using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Synod.Doors.Etcd.Hosting;
using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Server.CommandLine;
using Synod.Server.Logging;
using Synod.Server.Serving;
using Synod.Storage;
using Synod.Storage.Disks;
using Synod.Storage.Recovery;
using Synod.Transport;

namespace Synod.Server.Running;

/// <summary>
/// The composition root: the one place that puts disks, sockets, threads and clocks around a node. Three threads turn its
/// three actors; the door and the peer links bring their own tasks.
/// </summary>
internal sealed class NodeRuntime : IAsyncDisposable
{
    private static readonly TimeSpan PumpStopTimeout = TimeSpan.FromSeconds(5);

    private readonly ServeOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly TaskCompletionSource<string> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PumpThread _core;
    private readonly PumpThread _journal;
    private readonly PumpThread _apply;
    private LockedDirectory? _directory;
    private TcpPeers? _peers;
    private SynodNode? _node;
    private EtcdDoor? _door;
    private NodeMetrics? _metrics;
    private bool _pumpsRun;

    private NodeRuntime(ServeOptions options, ILoggerFactory loggers)
    {
        _options = options;
        _loggers = loggers;
        _log = loggers.CreateLogger("Synod.Server");
        var clock = new MonotonicClock();
        _core = new PumpThread("core", clock, now => _node!.CoreTurn(now), PumpFaulted);
        _journal = new PumpThread("journal", clock, now => _node!.JournalTurn(now), PumpFaulted);
        _apply = new PumpThread("apply", clock, now => _node!.ApplyTurn(now), PumpFaulted);
    }

    /// <summary>Ends when the node has faulted, with the reason.</summary>
    public Task<string> Faulted => _faulted.Task;

    /// <summary>Starts a node.</summary>
    /// <exception cref="UserErrorException">It cannot start for a reason that the user can remove.</exception>
    public static async Task<NodeRuntime> StartAsync(ServeOptions options, ILoggerFactory loggers)
    {
        var runtime = new NodeRuntime(options, loggers);
        try
        {
            await runtime.StartAsync().ConfigureAwait(false);
            return runtime;
        }
        catch (Exception e)
        {
            await runtime.DisposeAsync().ConfigureAwait(false);
            // Each of these has one line for the operator as its message.
            if (e is DirectoryRefusedException or JournalRefusedException or PortUnavailableException or DoorCannotOpenException)
            {
                throw new UserErrorException(e.Message, SynodCommandLine.ExitCodeFailure);
            }
            throw;
        }
    }

    /// <summary>Closes the door, lets the actors tell whoever waits, and gives disk and ports free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_door is not null)
        {
            await _door.DisposeAsync().ConfigureAwait(false);
        }
        _node?.Stop();
        // The core first: in its last turn it hands what it holds to the apply actor.
        foreach (var pump in _pumpsRun ? [_core, _apply, _journal] : Array.Empty<PumpThread>())
        {
            if (!pump.Stop(PumpStopTimeout))
            {
                _log.PumpDoesNotStop(pump.Name);
            }
        }
        if (_peers is not null)
        {
            await _peers.DisposeAsync().ConfigureAwait(false);
        }
        _metrics?.Dispose();
        _directory?.Dispose();
        _core.Dispose();
        _journal.Dispose();
        _apply.Dispose();
    }

    private async Task StartAsync()
    {
        var clusterId = ClusterIdentity.IdOf(_options);
        var members = ClusterIdentity.MembersOf(_options);
        var self = members.Single(member => member.Name == _options.Name).Id;
        _directory = new LockedDirectory(_options.DataDirectory);
        ListenProbe.Check("clients", _options.ListenClientUrls);
        ListenProbe.Check("peers", _options.ListenPeerUrl);
        var directory = OpenDirectory(_directory, clusterId, self);
        var record = directory.Record!;
        var options = new NodeOptions
        {
            Self = self,
            ClusterId = clusterId,
            Identity = record.Identity,
            Members = members,
            ClientUrls = [.. _options.AdvertiseClientUrls.Select(url => url.ToString())],
            Compaction = _options.Compaction,
            // Who says how often gets it so.
            Snapshots = _options.SnapshotCount is { } count
                ? new SnapshotOptions { EveryDecrees = count, JournalPerSnapshotMin = 0 }
                : new SnapshotOptions(),
            Replica = new ReplicaOptions
            {
                HeartbeatInterval = _options.HeartbeatInterval,
                ElectionTimeout = _options.ElectionTimeout,
            },
        };
        var observer = new LogObserver(_loggers.CreateLogger("Synod.Node"), members, Fault);
        _peers = new TcpPeers(PeersOptions(options), _core.Wake, _loggers);
        var journalOptions = new JournalOptions { Identity = record.Identity, MustExist = record.JournalBegun };
        _node = new SynodNode(
            options, journalOptions, directory, _peers, observer, RandomSeed(),
            new NodeWakes(_core.Wake, _journal.Wake, _apply.Wake) { Requests = new GatheredWake(_core.Wake).Request });
        var shownId = clusterId.ToString("x", CultureInfo.InvariantCulture); // As etcd's tools print it.
        _log.Starting(_options.Name, self, shownId, _directory.Path);
        await RecoverAsync(_node, _directory.OpenDisk(), _directory.OpenDisk(), directory).ConfigureAwait(false);
        _peers.Start();
        _metrics = new NodeMetrics(_node, observer, members);
        _door = await EtcdDoor.OpenAsync(
            _node,
            new EtcdDoorOptions
            {
                ListenUrls = [.. _options.ListenClientUrls.Select(url => url.ToString())],
                OriginsAllowed = _options.OriginsAllowed,
            },
            _loggers).ConfigureAwait(false);
        _pumpsRun = true;
        _journal.Start();
        _apply.Start();
        _core.Start();
        var clients = string.Join(',', _options.ListenClientUrls);
        _log.Started(clients, _options.ListenPeerUrl);
    }

    private DataDirectory OpenDirectory(LockedDirectory locked, ulong clusterId, NodeId self)
    {
        var directory = new DataDirectory(locked.OpenDisk());
        if (directory.Record is null)
        {
            if (_options.ExpectsExistingCluster)
            {
                throw new UserErrorException(
                    $"--initial-cluster-state is existing, but {locked.Path} is empty: joining a running cluster comes later, and a member that lost its data cannot come back as if it were new",
                    SynodCommandLine.ExitCodeFailure);
            }
            var identity = new DataIdentity(
                BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16)));
            directory.Save(DirectoryRecord.Fresh(identity, clusterId, self, _options.Name), WaitForDisk);
        }
        directory.Expect(clusterId, self, _options.Name);
        if (directory.NeedsRepair)
        {
            directory.Save(directory.Record!, WaitForDisk);
        }
        return directory;
    }

    private async Task RecoverAsync(
        SynodNode node, FileDisk disk, FileDisk snapshots, DataDirectory directory)
    {
        var opening = node.OpenJournal(disk, snapshots);
        while (!opening.Step())
        {
            // A file is being filled by the disk's own thread.
            await Task.Delay(1).ConfigureAwait(false);
        }
        var found = node.Start(opening, disk);
        if (!directory.Record!.JournalBegun)
        {
            // From now on a missing journal is a loss, and nothing was answered before this is durable.
            directory.Save(directory.Record with { JournalBegun = true }, WaitForDisk);
        }
        _log.Recovered(found.Records, found.ChosenUpTo.Number, found.Promised, found.Rewritten);
        if (found.TailWasCut)
        {
            _log.TailCut();
        }
    }

    private TcpPeersOptions PeersOptions(NodeOptions options) => new()
    {
        Self = options.Self,
        ClusterId = options.ClusterId,
        Incarnation = 1,
        Identity = options.Identity,
        Members = _options.InitialCluster
            .Select((member, place) => (Id: new NodeId((uint)place + 1), member.PeerUrl))
            .ToDictionary(member => member.Id, member => new PeerAddress(member.PeerUrl.Host, member.PeerUrl.Port)),
        Listen = [new IPEndPoint(AddressOf(_options.ListenPeerUrl), _options.ListenPeerUrl.Port)],
    };

    private static IPAddress AddressOf(NodeUrl url) =>
        url.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(url.Host);

    private static ulong RandomSeed() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    // The disk replaces whole files within the call: there is nothing to wait for, and yielding costs nothing.
    private static void WaitForDisk() => Thread.Yield();

    private void PumpFaulted(PumpThread pump, Exception e)
    {
        _log.PumpFaulted(e, pump.Name);
        Fault($"the {pump.Name} thread failed: {e.Message}");
    }

    private void Fault(string why) => _faulted.TrySetResult(why);
}
