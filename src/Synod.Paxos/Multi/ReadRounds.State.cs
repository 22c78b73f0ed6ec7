namespace Synod.Paxos.Multi;

internal sealed partial class ReadRounds
{
    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.WriteNumber(_round);
        Write(writer, _next);
        Write(writer, _inRound);
        if (_inRound.Count > 0)
        {
            writer.Write(_index);
            writer.Write(_confirmed);
            writer.WriteSince(_sentAt, context.Now, context.Options.RetransmitInterval);
        }
        writer.Write(_asking);
        if (_asking)
        {
            writer.WriteNumber(_asked);
            writer.Write(_askedBallot);
            writer.Write(_askedNode);
            writer.WriteSince(_askedAt, context.Now, context.Options.RetransmitInterval);
        }
    }

    /// <summary>Reads what <see cref="Write(StateWriter)"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        _round = reader.ReadNumber();
        Read(ref reader, _next);
        Read(ref reader, _inRound);
        if (_inRound.Count > 0)
        {
            _index = reader.ReadSlot();
            _confirmed = reader.ReadMemberSet();
            _sentAt = reader.ReadSince(context.Now);
        }
        _asking = reader.ReadBool();
        if (_asking)
        {
            _asked = reader.ReadNumber();
            _askedBallot = reader.ReadBallot();
            _askedNode = reader.ReadNodeId();
            _askedAt = reader.ReadSince(context.Now);
        }
    }

    private static void Write(StateWriter writer, List<Waiting> waiting)
    {
        writer.WriteNumber((ulong)waiting.Count);
        foreach (var (node, asker, request) in waiting)
        {
            writer.Write(node);
            writer.Write(asker);
            writer.WriteNumber(request);
        }
    }

    private static void Read(ref StateReader reader, List<Waiting> waiting)
    {
        waiting.Clear();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            waiting.Add(new Waiting(reader.ReadNodeId(), reader.ReadNodeId(), reader.ReadNumber()));
        }
    }
}
