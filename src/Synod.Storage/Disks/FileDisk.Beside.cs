using Microsoft.Win32.SafeHandles;
using Synod.Paxos;
using Synod.Ports;

namespace Synod.Storage.Disks;

/// <content>What is done beside the owner's thread: files that grow unfinished, and removals.</content>
public abstract partial class FileDisk
{
    /// <summary>
    /// So much of an unfinished file is synced at a time: a journal's sync never queues behind many megabytes.
    /// </summary>
    private const int SyncAsideBytes = 1 << 20;

    private BesideThread? _beside;
    private SafeFileHandle? _unfinished;
    private string? _unfinishedName;
    private long _unfinishedLength;
    private long _unfinishedDirty;

    /// <summary>On the thread beside alone.</summary>
    private void DoAside(in DiskRequest request)
    {
        try
        {
            switch (request.Operation)
            {
                case DiskOperation.AppendAside:
                    Append(request);
                    break;
                case DiskOperation.FinishAside:
                    Finish(request.Name);
                    break;
                default:
                    Check.That(request.Operation == DiskOperation.DropAside);
                    Drop(request.Name);
                    break;
            }
        }
        catch (IOException)
        {
            Drop(request.Name); // gives the space back; the first error is the one that is told
            throw;
        }
    }

    private void Append(in DiskRequest request)
    {
        if (request.Offset == 0)
        {
            Drop(request.Name);
            _unfinished = OpenFile(PathOf(request.Name + UnfinishedEnding), create: true);
            _unfinishedName = request.Name;
            _unfinishedLength = 0;
            _unfinishedDirty = 0;
        }
        if (_unfinished is null || _unfinishedName != request.Name || _unfinishedLength != request.Offset)
        {
            throw new IOException("there is no unfinished file of that name and length");
        }
        RandomAccess.Write(_unfinished, request.Bytes.Span, request.Offset);
        _unfinishedLength += request.Bytes.Length;
        _unfinishedDirty += request.Bytes.Length;
        if (_unfinishedDirty >= SyncAsideBytes)
        {
            SyncData(_unfinished);
            _unfinishedDirty = 0;
        }
    }

    private void Finish(string name)
    {
        if (_unfinished is null || _unfinishedName != name)
        {
            throw new IOException("there is no unfinished file of that name");
        }
        SyncData(_unfinished);
        CloseUnfinished();
        File.Move(PathOf(name + UnfinishedEnding), PathOf(name), overwrite: true);
        SyncDirectory(_directory);
    }

    private void Drop(string name)
    {
        if (_unfinishedName is { } open && open != name)
        {
            // One at a time: another that was begun in between takes its place.
            CloseUnfinished();
            File.Delete(PathOf(open + UnfinishedEnding));
        }
        CloseUnfinished();
        File.Delete(PathOf(name + UnfinishedEnding));
    }

    private void CloseUnfinished()
    {
        _unfinished?.Dispose();
        _unfinished = null;
        _unfinishedName = null;
    }

    /// <summary>
    /// Takes requests in order; it lives from the first one to the end of the disk. The collections that block spin
    /// before they sleep, which under load took more processor time than what is done here.
    /// </summary>
    private sealed class BesideThread
    {
        private readonly object _gate = new();
        private readonly Queue<DiskRequest> _requests = new();
        private readonly Thread _thread;
        private bool _ends;

        public BesideThread(FileDisk disk)
        {
            _thread = new Thread(() =>
            {
                while (TryTake(out var request))
                {
                    disk.CarryOut(request);
                }
            })
            { IsBackground = true, Name = "Synod disk beside" };
            _thread.Start();
        }

        public void Add(in DiskRequest request)
        {
            lock (_gate)
            {
                _requests.Enqueue(request);
                Monitor.Pulse(_gate);
            }
        }

        /// <summary>What was added before is still done.</summary>
        public void Stop()
        {
            lock (_gate)
            {
                _ends = true;
                Monitor.Pulse(_gate);
            }
            _thread.Join();
        }

        /// <summary>Waits for the next request; false when there will be none.</summary>
        private bool TryTake(out DiskRequest request)
        {
            lock (_gate)
            {
                while (_requests.Count == 0 && !_ends)
                {
                    Monitor.Wait(_gate);
                }
                return _requests.TryDequeue(out request);
            }
        }
    }
}
