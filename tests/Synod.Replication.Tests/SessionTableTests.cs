using Synod.Paxos;
using Synod.Replication;
using Synod.Wire;

namespace Synod.Replication.Tests;

public sealed class SessionTableTests
{
    private readonly SessionTable _table = new();
    private readonly ulong _session;

    public SessionTableTests() => _session = _table.Open(new NodeId(1), 77, new Slot(5), default);

    [Fact]
    public void What_a_node_says_of_itself_is_bounded()
    {
        _table.Open(new NodeId(2), 1, new Slot(6), new byte[SessionTable.AboutBytesMax]);
        Assert.Equal(SessionTable.AboutBytesMax, _table.AboutOf(new NodeId(2)).Length);
        var session = _table.Open(new NodeId(2), 2, new Slot(7), new byte[SessionTable.AboutBytesMax + 1]);
        Assert.Equal((7ul, 0), (session, _table.AboutOf(new NodeId(2)).Length));
    }

    [Fact]
    public void A_command_that_is_chosen_twice_runs_once()
    {
        Assert.Equal(SessionVerdict.Run, Judge(1));
        Assert.Equal(SessionVerdict.Skip, Judge(1));
    }

    [Fact]
    public void Commands_may_arrive_in_any_order_within_the_window()
    {
        foreach (var sequence in (ulong[])[3, 1, 2, SessionTable.Window])
        {
            Assert.Equal(SessionVerdict.Run, Judge(sequence));
        }
        Assert.Equal(SessionVerdict.Skip, Judge(SessionTable.Window + 1));
    }

    [Fact]
    public void A_command_below_the_answered_mark_never_runs()
    {
        Assert.Equal(SessionVerdict.Run, Judge(10, answeredBelow: 9));
        Assert.Equal(SessionVerdict.Skip, Judge(8));
        Assert.Equal(SessionVerdict.Run, Judge(9));
    }

    [Fact]
    public void Raising_the_mark_frees_places_in_the_window_for_later_numbers()
    {
        Assert.Equal(SessionVerdict.Run, Judge(1));
        Assert.Equal(SessionVerdict.Run, Judge(SessionTable.Window + 1, answeredBelow: 2));
        Assert.Equal(SessionVerdict.Skip, Judge(SessionTable.Window + 1, answeredBelow: 2));
        const ulong far = 10ul * SessionTable.Window;
        Assert.Equal(SessionVerdict.Run, Judge(far, answeredBelow: far));
        Assert.Equal(SessionVerdict.Run, Judge(far + 1, answeredBelow: far));
    }

    [Fact]
    public void A_new_session_supersedes_the_nodes_earlier_one()
    {
        var next = _table.Open(new NodeId(1), 78, new Slot(9), default);
        Assert.NotEqual(_session, next);
        Assert.Equal(SessionVerdict.Skip, Judge(1));
    }

    [Fact]
    public void The_same_opening_chosen_twice_opens_once()
    {
        Assert.Equal(_session, _table.Open(new NodeId(1), 77, new Slot(12), default));
        Assert.Equal(_session, _table.SessionOf(new NodeId(1)));
    }

    [Fact]
    public void An_unknown_session_runs_nothing()
    {
        Assert.Equal(
            SessionVerdict.Skip, _table.Judge(new CommandEnvelope(EnvelopeKind.Command, 4711, 1, 1)));
    }

    [Fact]
    public void Envelopes_come_back_as_they_were_and_short_ones_are_none()
    {
        var envelope = new CommandEnvelope(EnvelopeKind.Command, 1, 2, 3);
        var bytes = envelope.Wrap([9, 8], new ByteBlocks()).ToArray();
        Assert.True(CommandEnvelope.TryRead(bytes, out var read, out var command));
        Assert.Equal(envelope, read);
        Assert.Equal([9, 8], command.ToArray());
        for (var length = 0; length < CommandEnvelope.Length; length++)
        {
            Assert.False(CommandEnvelope.TryRead(bytes.AsSpan(0, length), out _, out _));
        }
    }

    private SessionVerdict Judge(ulong sequence, ulong answeredBelow = 1) =>
        _table.Judge(new CommandEnvelope(EnvelopeKind.Command, _session, sequence, answeredBelow));
}
