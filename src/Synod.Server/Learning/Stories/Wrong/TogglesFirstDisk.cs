using System.Buffers.Binary;
using Synod.Explorer.Stories;
using Synod.Paxos.Essential;
using Synod.Ports;
using Synod.Storage.Durable;

namespace Synod.Server.Learning.Stories.Wrong;

/// <summary>
/// Bug 5: two files written in place by turns, and the turn is over before the write has succeeded. So the write after
/// a failed one goes over the only good copy.
/// </summary>
internal sealed class TogglesFirstDisk : IStateDisk
{
    private const int FileBytes = 512;
    private const int LengthAt = 16;
    private static readonly string[] Names = ["a", "b"];
    private readonly StoryFiles _files;
    private ulong _serial;

    /// <summary>Makes two empty files.</summary>
    public TogglesFirstDisk(StoryFiles files)
    {
        _files = files;
        foreach (var name in Names)
        {
            Do(DiskOperation.CreateZeroFilled, name, default);
        }
    }

    /// <inheritdoc/>
    public AcceptorState Durable { get; private set; }

    private string Turn => Names[(_serial + 1) % 2];

    /// <inheritdoc/>
    public bool Save(in AcceptorState state, out string told)
    {
        _serial++; // too early
        var error = Do(DiskOperation.WriteAndSync, Turn, StateRecord.Write(_serial, StoreDisk.BytesOf(state)));
        told = error ?? $"saved in file {Turn}";
        if (error is null)
        {
            Durable = state;
        }
        return error is null;
    }

    /// <inheritdoc/>
    public AcceptorState Restart(out string told)
    {
        _files.TurnOn();
        (_serial, Durable) = (0, default);
        var verdicts = new List<string>();
        foreach (var name in Names)
        {
            var verdict = Read(name, out var serial, out var state);
            var word = verdict == StateVerdict.Intact ? "whole" : IsEmpty(name) ? "empty" : "torn";
            verdicts.Add($"file {name}: {word}");
            if (verdict == StateVerdict.Intact && serial > _serial)
            {
                (_serial, Durable) = (serial, StoreDisk.StateOf(state.Span));
            }
        }
        told = string.Join(", ", verdicts);
        return Durable;
    }

    private StateVerdict Read(string name, out ulong serial, out ReadOnlyMemory<byte> state)
    {
        var bytes = new byte[FileBytes];
        _files.Read(name, 0, bytes);
        var length = (int)Math.Min(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(LengthAt)), FileBytes - StateRecord.HeaderBytes);
        return StateRecord.Read(bytes.AsMemory(0, StateRecord.HeaderBytes + length), out serial, out state);
    }

    private bool IsEmpty(string name)
    {
        var bytes = new byte[FileBytes];
        _files.Read(name, 0, bytes);
        return bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0;
    }

    private string? Do(DiskOperation operation, string name, ReadOnlyMemory<byte> bytes)
    {
        _files.Submit(new DiskRequest(1, operation, name, 0, bytes, FileBytes));
        return _files.TryTakeCompletion(out var completion)
            ? completion.Error
            : $"the power fails while it writes file {name}";
    }
}
