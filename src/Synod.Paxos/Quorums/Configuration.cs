namespace Synod.Paxos;

/// <summary>
/// Numbered membership. The first one fills slot 0; every phase-1, phase-2, query and confirmation message carries the
/// number of the configuration it belongs to.
/// </summary>
public sealed class Configuration
{
    private readonly NodeId[] _voters;

    /// <summary>Makes a configuration, or refuses one in which somebody would vote twice or not be counted.</summary>
    /// <param name="number">Its number; the first is 1.</param>
    /// <param name="voters">Who votes; distinct.</param>
    /// <param name="quorums">The rule; over exactly as many voters.</param>
    /// <exception cref="ArgumentException">The voters are not distinct or do not fit the quorum system.</exception>
    public Configuration(ulong number, IReadOnlyList<NodeId> voters, QuorumSystem quorums)
    {
        if (quorums.Voters != voters.Count)
        {
            throw new ArgumentException($"The quorum system is for {quorums.Voters} voters, the configuration has {voters.Count}.");
        }
        Number = number;
        Quorums = quorums;
        _voters = [.. voters.Order()];
        for (var i = 0; i < _voters.Length; i++)
        {
            if (_voters[i] == NodeId.None || (i > 0 && _voters[i] == _voters[i - 1]))
            {
                throw new ArgumentException("Voters must be distinct and numbered from 1.");
            }
        }
    }

    /// <summary>Counts up with each change of membership.</summary>
    public ulong Number { get; }

    /// <summary>Who votes, in order of their numbers.</summary>
    public IReadOnlyList<NodeId> Voters => _voters;

    /// <summary>Which sets of voters suffice, by their places in <see cref="Voters"/>.</summary>
    public QuorumSystem Quorums { get; }

    /// <summary>
    /// The configuration as the value of a decree: its number, the voters with their incarnations, the rule for quorums.
    /// Equal configurations give equal values.
    /// </summary>
    public Value ToValue()
    {
        var writer = new StateWriter();
        writer.WriteNumber(Number);
        writer.WriteNumber((ulong)_voters.Length);
        foreach (var voter in _voters)
        {
            writer.Write(voter);
            writer.WriteNumber(IncarnationOf(voter));
        }
        Quorums.Write(writer);
        return new Value(writer.Written.ToArray());
    }

    /// <summary>Reads what <see cref="ToValue"/> wrote.</summary>
    /// <exception cref="InvariantViolatedException">The value is no configuration.</exception>
    public static Configuration FromValue(Value value)
    {
        var reader = new StateReader(value.Bytes);
        var number = reader.ReadNumber();
        var count = reader.ReadUInt32();
        Check.That(count is >= 1 and <= MemberSet.MembersMax);
        var voters = new NodeId[count];
        for (var i = 0; i < voters.Length; i++)
        {
            voters[i] = reader.ReadNodeId();
            Check.That(reader.ReadUInt32() == FirstIncarnation);
        }
        var quorums = QuorumSystem.Read(ref reader, voters.Length);
        Check.That(reader.IsAtEnd);
        return new Configuration(number, voters, quorums);
    }

    /// <summary>A configuration of nodes 1 to <paramref name="count"/> with majorities.</summary>
    public static Configuration OfMajority(int count) =>
        new(1, [.. Enumerable.Range(1, count).Select(i => new NodeId((uint)i))], QuorumSystem.Majority(count));

    /// <summary>The voter's place in <see cref="Voters"/>, or -1 for who is not a voter.</summary>
    public int PlaceOf(NodeId node) => Array.BinarySearch(_voters, node);

    /// <summary>
    /// The incarnation in which a member may speak; 0 for who is not a member. Messages of any other are dropped: their
    /// sender has lost what it promised.
    /// </summary>
    public uint IncarnationOf(NodeId node) => IsVoter(node) ? FirstIncarnation : 0;

    /// <summary>The incarnation that every member of the first configuration has.</summary>
    public const uint FirstIncarnation = 1;

    /// <summary>Whether <paramref name="node"/> votes.</summary>
    public bool IsVoter(NodeId node) => PlaceOf(node) >= 0;
}
