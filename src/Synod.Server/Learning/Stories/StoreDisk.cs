using Synod.Explorer.Stories;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Storage.Durable;

namespace Synod.Server.Learning.Stories;

/// <summary>An acceptor's state in the real <see cref="AlternatingStore"/>.</summary>
/// <param name="files">The data directory.</param>
internal sealed class StoreDisk(StoryFiles files) : IStateDisk
{
    private const string Name = "state";
    private AlternatingStore _store = new(files, Name);

    /// <inheritdoc/>
    public AcceptorState Durable { get; private set; }

    /// <inheritdoc/>
    public bool Save(in AcceptorState state, out string told)
    {
        if (_store.Fault is not null)
        {
            told = "a save has failed, and its store has stopped";
            return false;
        }
        _store.BeginSave(BytesOf(state));
        var isEnded = _store.Turn();
        told = !isEnded ? "the power fails during the write"
            : _store.Fault is { } fault ? $"\"{fault}\""
            : $"saved in file {_store.Serial}";
        if (!isEnded || _store.Fault is not null)
        {
            return false;
        }
        Durable = state;
        return true;
    }

    /// <inheritdoc/>
    public AcceptorState Restart(out string told)
    {
        files.TurnOn();
        _store = new AlternatingStore(files, Name);
        told = $"file {_store.Serial} is the newest, and whole";
        Durable = _store.State is { } bytes ? StateOf(bytes.Span) : default;
        return Durable;
    }

    /// <summary>A state as bytes.</summary>
    internal static byte[] BytesOf(in AcceptorState state)
    {
        var writer = new StateWriter();
        state.Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>The state that these bytes are.</summary>
    internal static AcceptorState StateOf(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes.ToArray());
        return AcceptorState.Read(ref reader);
    }
}
