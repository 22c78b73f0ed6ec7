using Synod.Paxos.Essential;

namespace Synod.Paxos.Fast;

/// <summary>All that a coordinator must remember across a crash: the highest ballot it ever used.</summary>
/// <param name="Ballot">At least as high as every ballot that this coordinator ever sent.</param>
public readonly record struct FastBallotMark(FastBallot Ballot) : IRecord<FastBallotMark>
{
    /// <inheritdoc/>
    public bool Covers(in FastBallotMark other) => Ballot >= other.Ballot;
}

/// <summary>
/// The coordinator of Fast Paxos (Lamport 2006, §3.2). In a fast ballot it steps out of the way after phase 1; when
/// clients collide it begins a classic one and counts votes to find out what may have been chosen.
/// </summary>
public sealed class FastCoordinator
{
    private readonly NodeId _self;
    private readonly uint _incarnation;
    private readonly NodeId[] _voters;
    private readonly FastQuorums _quorums;
    private readonly FastPromise?[] _promises;
    private FastBallot _mark;
    private Value? _wish;
    private bool _acceptSent;

    /// <summary>Starts a coordinator, for the first time or after a crash.</summary>
    /// <param name="self">Its number.</param>
    /// <param name="incarnation">Which life of its storage this is.</param>
    /// <param name="voters">The acceptors; distinct.</param>
    /// <param name="quorums">Which numbers of them suffice.</param>
    /// <param name="durable">The mark on its disk.</param>
    public FastCoordinator(
        NodeId self, uint incarnation, IReadOnlyList<NodeId> voters, FastQuorums quorums, FastBallotMark durable)
    {
        Check.That(voters.Count == quorums.Voters);
        _self = self;
        _incarnation = incarnation;
        _voters = [.. voters];
        _quorums = quorums;
        _promises = new FastPromise?[voters.Count];
        _mark = durable.Ballot;
    }

    /// <summary>The ballot it is working on; none until this life's first Prepare.</summary>
    public FastBallot Ballot { get; private set; }

    /// <summary>Begins phase 1 of a higher ballot of a kind.</summary>
    public AfterWrite<FastBallotMark, FastPrepare> Prepare(bool fast)
    {
        _mark = _mark.NextFor(_self, _incarnation, fast);
        Ballot = _mark;
        Array.Clear(_promises);
        _acceptSent = false;
        return new(new FastBallotMark(_mark), new FastPrepare(_mark));
    }

    /// <summary>Hears what a client wishes for; used where a classic ballot is free. The first wish stands.</summary>
    public FastAccept? Step(in FastProposal proposal)
    {
        _wish ??= proposal.Value;
        return AcceptOnce();
    }

    /// <summary>
    /// Counts a promise; with a classic quorum of them returns phase 2a (Lamport 2006, §3.1): what may have been
    /// chosen, or leave for anybody's value in a fast ballot. Null: not yet, or not any more.
    /// </summary>
    /// <exception cref="InvariantViolatedException">The promise reports a vote under this ballot or a higher
    /// one.</exception>
    public FastAccept? Step(in FastPromise promise)
    {
        var place = Array.IndexOf(_voters, promise.From);
        if (_acceptSent || Ballot.IsNone || promise.Ballot != Ballot || place < 0 || _promises[place].HasValue)
        {
            return null;
        }
        Check.That(promise.VotedBallot < Ballot);
        Check.That(promise.VotedBallot.IsNone == !promise.VotedValue.HasValue);
        _promises[place] = promise;
        return AcceptOnce();
    }

    private FastAccept? AcceptOnce()
    {
        if (_acceptSent || Ballot.IsNone || _promises.Count(promise => promise.HasValue) < _quorums.ClassicSize)
        {
            return null;
        }
        var value = Pick();
        if (value is null && !Ballot.IsFast)
        {
            return null;
        }
        _acceptSent = true;
        return new FastAccept(Ballot, value);
    }

    /// <summary>
    /// The rule of §3.2 (figure 2). Of the highest ballot k that anybody voted in: if it is classic, its one value. If
    /// it is fast, the value that a fast quorum may have voted for, were all who are silent for it; at most one can be.
    /// Otherwise nothing can have been chosen: any value will do.
    /// </summary>
    private Value? Pick()
    {
        var heard = _promises.Where(promise => promise.HasValue).Select(promise => promise!.Value).ToList();
        var highest = heard.Max(promise => promise.VotedBallot);
        if (highest.IsNone)
        {
            return Ballot.IsFast ? null : _wish;
        }
        var tallies = heard.Where(promise => promise.VotedBallot == highest)
            .GroupBy(promise => promise.VotedValue!.Value, (value, votes) => (Value: value, Votes: votes.Count()))
            .ToList();
        if (!highest.IsFast)
        {
            // A classic ballot has one value.
            Check.That(tallies.Count == 1);
            return tallies[0].Value;
        }
        var silent = _quorums.Voters - heard.Count;
        var possible = tallies.Where(tally => tally.Votes + silent >= _quorums.FastSize).ToList();
        // The quorum requirement: two values that both look chosen would leave no safe choice.
        Check.That(possible.Count <= 1);
        return possible.Count == 1 ? possible[0].Value : MostVoted(tallies);
    }

    /// <summary>
    /// A collision. Any value may follow; the most wanted is the fairest. Of equals the least bytes, so that every
    /// coordinator would take the same.
    /// </summary>
    private static Value MostVoted(List<(Value Value, int Votes)> tallies)
    {
        var best = tallies[0];
        foreach (var tally in tallies)
        {
            if (tally.Votes > best.Votes
                || (tally.Votes == best.Votes && tally.Value.Span.SequenceCompareTo(best.Value.Span) < 0))
            {
                best = tally;
            }
        }
        return best.Value;
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        _mark.Write(writer);
        writer.Write(!Ballot.IsNone);
        writer.Write(_acceptSent);
        writer.Write(_wish);
        foreach (var promise in _promises)
        {
            writer.Write(promise.HasValue);
            promise?.VotedBallot.Write(writer);
            if (promise is { VotedValue: { } value })
            {
                writer.Write(value);
            }
        }
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _mark = FastBallot.Read(ref reader);
        Ballot = reader.ReadBool() ? _mark : FastBallot.None;
        _acceptSent = reader.ReadBool();
        _wish = reader.ReadOptionalValue();
        for (var place = 0; place < _promises.Length; place++)
        {
            _promises[place] = null;
            if (reader.ReadBool())
            {
                var voted = FastBallot.Read(ref reader);
                Value? value = voted.IsNone ? null : reader.ReadValue();
                _promises[place] = new FastPromise(_voters[place], Ballot, voted, value);
            }
        }
    }
}
