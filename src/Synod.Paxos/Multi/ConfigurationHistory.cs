namespace Synod.Paxos.Multi;

/// <summary>
/// Which configuration counts in which slot: the one source of quorums. The first one is the decree of slot 0, chosen by
/// construction: every initial member holds it durably before anybody votes. It counts from the first slot on; a later one
/// would count α slots after its own.
/// </summary>
internal sealed class ConfigurationHistory
{
    private readonly record struct Entry(Slot From, Configuration Configuration);

    private readonly Entry[] _entries;

    public ConfigurationHistory(Configuration first)
    {
        _entries = [new Entry(Slot.Zero, first)];
        DecreeOfSlotZero = new Decree(DecreeKind.Configuration, 0, first.ToValue());
    }

    /// <summary>What stands in slot 0 of every log.</summary>
    public Decree DecreeOfSlotZero { get; }

    /// <summary>The latest.</summary>
    public Configuration Latest => _entries[^1].Configuration;

    /// <summary>The configuration whose quorums choose in a slot.</summary>
    public Configuration At(Slot slot)
    {
        var i = _entries.Length - 1;
        while (_entries[i].From > slot)
        {
            i--;
        }
        return _entries[i].Configuration;
    }
}
