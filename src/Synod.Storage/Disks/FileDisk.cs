using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Synod.Paxos;
using Synod.Ports;

namespace Synod.Storage.Disks;

/// <summary>
/// An actor's handle on a directory of the real file system. Requests are done on the owner's thread, within
/// <see cref="Submit"/>: the journal's thread has nothing better to do, and a second thread would cost a hand-over per
/// sync. Only files being made are filled by a thread of their own, piece by piece, so that no sync waits behind 64
/// MiB; and <see cref="BesideThread"/> does what may take long and holds up nobody.
/// </summary>
/// <remarks>
/// What is made or replaced gets a temporary name first and is renamed when it is synced: under its own name a file is
/// there whole or not at all.
/// </remarks>
public abstract partial class FileDisk : IDisk, IDisposable
{
    /// <summary>The ending of files that are not finished; they are removed when the directory is opened.</summary>
    internal const string UnfinishedEnding = ".new";

    /// <summary>The file that is locked while the directory is in use.</summary>
    internal const string LockFile = "LOCK";

    private const int FillBytes = 1 << 20;
    private static readonly byte[] s_zeros = new byte[FillBytes];

    private readonly string _directory;
    private readonly Dictionary<string, SafeFileHandle> _handles = []; // looked up by name, never enumerated for effect
    private readonly ConcurrentQueue<DiskCompletion> _done = new();
    private readonly List<Thread> _fillers = [];
    private volatile bool _disposed;

    private protected FileDisk(string directory) => _directory = directory;

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        var names = new DirectoryInfo(_directory).EnumerateFiles()
            .Select(static file => file.Name)
            .Where(static name => name != LockFile && !name.EndsWith(UnfinishedEnding, StringComparison.Ordinal))
            .ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public long LengthOf(string name) => RandomAccess.GetLength(HandleOf(name));

    /// <inheritdoc/>
    public int Read(string name, long offset, Span<byte> into)
    {
        var handle = HandleOf(name);
        var total = 0;
        while (total < into.Length && RandomAccess.Read(handle, into[total..], offset + total) is var count and > 0)
        {
            total += count;
        }
        return total;
    }

    /// <inheritdoc/>
    public void Submit(in DiskRequest request)
    {
        Check.That(!_disposed);
        if (request.Operation == DiskOperation.CreateZeroFilled)
        {
            Forget(request.Name); // here, not on the filler's thread: the handles are the owner's
            StartFiller(request);
            return;
        }
        if (request.Operation >= DiskOperation.Delete)
        {
            Forget(request.Name);
            (_beside ??= new BesideThread(this)).Add(request);
            return;
        }
        CarryOut(request);
    }

    /// <inheritdoc/>
    public bool TryTakeCompletion(out DiskCompletion completion) => _done.TryDequeue(out completion);

    /// <summary>Closes all files; waits for files being made to be given up.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var filler in _fillers)
        {
            filler.Join();
        }
        _beside?.Stop();
        _unfinished?.Dispose();
        foreach (var handle in _handles.Values)
        {
            handle.Dispose();
        }
        _handles.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a file for reading and writing; a new one can be read by its owner only.</summary>
    private protected abstract SafeFileHandle OpenFile(string path, bool create);

    /// <summary>Everything written to the file is on the medium, or it throws.</summary>
    private protected abstract void SyncData(SafeFileHandle handle);

    /// <summary>The names in the directory are on the medium, or it throws.</summary>
    private protected abstract void SyncDirectory(string path);

    private protected string PathOf(string name)
    {
        Check.That(name.Length > 0 && name.AsSpan().IndexOfAny('/', '\\') < 0 && name is not "." and not "..");
        return Path.Combine(_directory, name);
    }

    private void StartFiller(DiskRequest request)
    {
        var filler = new Thread(() => CarryOut(request)) { IsBackground = true, Name = "Synod segment filler" };
        _fillers.RemoveAll(static thread => !thread.IsAlive);
        _fillers.Add(filler);
        filler.Start();
    }

    private void CarryOut(in DiskRequest request)
    {
        var started = Stopwatch.GetTimestamp();
        string? error = null;
        var outOfSpace = false;
        try
        {
            Do(request);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"{request.Operation} of {PathOf(request.Name)}: {e.Message}";
            outOfSpace = DiskErrors.IsOutOfSpace(e);
        }
        _done.Enqueue(new DiskCompletion(request.Id, error, outOfSpace, Stopwatch.GetElapsedTime(started)));
    }

    private void Do(in DiskRequest request)
    {
        switch (request.Operation)
        {
            case DiskOperation.WriteAndSync:
                var handle = HandleOf(request.Name);
                RandomAccess.Write(handle, request.Bytes.Span, request.Offset);
                SyncData(handle);
                break;
            case DiskOperation.CreateZeroFilled:
                Fill(request.Name, request.Length);
                break;
            case DiskOperation.ReplaceWhole:
                Forget(request.Name);
                Replace(request.Name, request.Bytes);
                break;
            case DiskOperation.Delete:
                File.Delete(PathOf(request.Name));
                SyncDirectory(_directory);
                break;
            default:
                DoAside(request);
                break;
        }
    }

    private void Replace(string name, ReadOnlyMemory<byte> bytes) =>
        WriteAside(name, file => RandomAccess.Write(file, bytes.Span, 0));

    private void Fill(string name, long length) => WriteAside(name, file =>
    {
        for (var at = 0L; at < length; at += FillBytes)
        {
            if (_disposed)
            {
                throw new IOException("given up: the disk is being closed");
            }
            RandomAccess.Write(file, s_zeros.AsSpan(0, (int)Math.Min(FillBytes, length - at)), at);
            SyncData(file); // in small pieces: a journal sync never queues behind many megabytes
        }
    });

    private void WriteAside(string name, Action<SafeFileHandle> write)
    {
        var aside = PathOf(name + UnfinishedEnding);
        try
        {
            using (var file = OpenFile(aside, create: true))
            {
                write(file);
                SyncData(file);
            }
            File.Move(aside, PathOf(name), overwrite: true);
            SyncDirectory(_directory);
        }
        catch (IOException)
        {
            File.Delete(aside); // gives the space back; the first error is the one that is told
            throw;
        }
    }

    private SafeFileHandle HandleOf(string name)
    {
        if (!_handles.TryGetValue(name, out var handle))
        {
            handle = OpenExisting(PathOf(name));
            _handles.Add(name, handle);
        }
        return handle;
    }

    private SafeFileHandle OpenExisting(string path)
    {
        try
        {
            return OpenFile(path, create: false);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e); // Whoever reads asks what the file cannot give, and not why.
        }
    }

    private void Forget(string name)
    {
        if (_handles.Remove(name, out var handle))
        {
            handle.Dispose();
        }
    }
}
