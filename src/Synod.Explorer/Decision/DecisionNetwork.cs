using System.Numerics;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Decision;

/// <summary>
/// The messages of a world that decides one value, and what properties and <see cref="ForgetTheDead"/> read out of
/// them. Votes are counted here and not by the code that is judged.
/// </summary>
/// <remarks>
/// Whoever reads more out of it than the messages themselves first notes in <see cref="Acceptors"/> and
/// <see cref="Proposers"/> how things stand.
/// </remarks>
internal sealed partial class DecisionNetwork(
    DecisionCodes codes, Configuration configuration, int proposers, bool messagesStay, bool refuses = false)
{
    private readonly QuorumSystem _quorums = configuration.Quorums;

    // Values, a bit each, that were chosen by votes that are forgotten.
    private ulong _chosen;

    public DecisionCodes Codes { get; } = codes;

    public MessagePool Pool { get; } = new(messagesStay);

    /// <summary>What the acceptors' disks say.</summary>
    public AcceptorStanding[] Acceptors { get; } = new AcceptorStanding[configuration.Voters.Count];

    /// <summary>What the proposers still listen to.</summary>
    public ProposerStanding[] Proposers { get; } = new ProposerStanding[proposers];

    public void Clear()
    {
        Pool.Clear();
        _chosen = 0;
    }

    /// <summary>Sends to everybody.</summary>
    public void Send(Accept? accept)
    {
        if (accept is { } message)
        {
            SendToAll(Codes.Of(message));
        }
    }

    /// <summary>Sends to everybody: one message if it stays, otherwise one each.</summary>
    public void SendToAll(ulong code)
    {
        if (messagesStay)
        {
            Pool.Send(code);
            return;
        }
        for (var place = 0; place < Acceptors.Length; place++)
        {
            Pool.Send(DecisionCodes.WithAcceptor(code, place + 1));
        }
    }

    /// <summary>
    /// The values (a bit each) that some quorum has accepted under one ballot, as far as anybody was told.
    /// </summary>
    public ulong ChosenBits()
    {
        var chosen = _chosen;
        var voters = MemberSet.Empty;
        var ballotAndValue = 0UL;
        for (var i = 0; i < Pool.Count; i++)
        {
            var code = Pool[i];
            if (DecisionCodes.Kind(code) != DecisionCodes.Accepted)
            {
                continue;
            }
            // Codes are ascending: those of one ballot and value stand together.
            if (code >> 24 != ballotAndValue)
            {
                (ballotAndValue, voters) = (code >> 24, MemberSet.Empty);
            }
            voters = voters.With(DecisionCodes.Acceptor(code) - 1);
            if (_quorums.IsPhase2Quorum(voters))
            {
                chosen |= 1UL << DecisionCodes.ValueCode(code);
            }
        }
        return chosen;
    }

    /// <summary>Whether at most one value is chosen or believed to be.</summary>
    public bool AgreesOn(ulong learned) => BitOperations.PopCount(ChosenBits() | learned) <= 1;

    public bool HasChosen(ulong learned) => (learned & ~ChosenBits()) == 0;

    public bool OnlyWishesAreSent()
    {
        for (var i = 0; i < Pool.Count; i++)
        {
            if (DecisionCodes.ValueCode(Pool[i]) == DecisionCodes.UnknownValue)
            {
                return false;
            }
        }
        return true;
    }

    public bool BallotsHaveOneValue()
    {
        // Accepts, then Acceptances, each ascending by ballot: compare each with the one before it.
        for (var i = 1; i < Pool.Count; i++)
        {
            var (left, right) = (Pool[i - 1], Pool[i]);
            if (DecisionCodes.Kind(right) is DecisionCodes.Accept or DecisionCodes.Accepted && left >> 32 == right >> 32
                && DecisionCodes.ValueCode(left) != DecisionCodes.ValueCode(right))
            {
                return false;
            }
        }
        return true;
    }

    public bool SomebodyAdopted()
    {
        for (var i = 0; i < Pool.Count; i++)
        {
            var code = Pool[i];
            if (DecisionCodes.Kind(code) == DecisionCodes.Accept
                && (DecisionCodes.ValueCode(code) - 1) / 2 != DecisionCodes.Proposer(code))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether a sign of life was given under that ballot.</summary>
    public bool HasLed(int ballot)
    {
        for (var i = 0; i < Pool.Count; i++)
        {
            if (DecisionCodes.Kind(Pool[i]) == DecisionCodes.Heartbeat && DecisionCodes.BallotCode(Pool[i]) == ballot)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether everybody who gave a sign of life as a leader was promised that ballot by a quorum.</summary>
    public bool AllHeartbeatsHaveQuorums()
    {
        for (var i = 0; i < Pool.Count; i++)
        {
            if (DecisionCodes.Kind(Pool[i]) == DecisionCodes.Heartbeat
                && !_quorums.IsPhase1Quorum(PromisesOf(DecisionCodes.BallotCode(Pool[i]))))
            {
                return false;
            }
        }
        return true;
    }

    private MemberSet PromisesOf(int ballot)
    {
        var promises = MemberSet.Empty;
        for (var i = 0; i < Pool.Count; i++)
        {
            if (DecisionCodes.Kind(Pool[i]) == DecisionCodes.Promise && DecisionCodes.BallotCode(Pool[i]) == ballot)
            {
                promises = promises.With(DecisionCodes.Acceptor(Pool[i]) - 1);
            }
        }
        return promises;
    }

    /// <summary>Whether everything that was said is upheld by the disk of who said it.</summary>
    public bool WordsAreOnDisk()
    {
        for (var i = 0; i < Pool.Count; i++)
        {
            if (!IsOnDisk(Pool[i]))
            {
                return false;
            }
        }
        return true;
    }

    private bool IsOnDisk(ulong code)
    {
        var ballot = DecisionCodes.BallotCode(code);
        return DecisionCodes.Kind(code) switch
        {
            DecisionCodes.Prepare => ballot <= Proposers[DecisionCodes.Proposer(code)].Mark,
            DecisionCodes.Promise => ballot <= Acceptors[DecisionCodes.Acceptor(code) - 1].Promised,
            // To have accepted under a ballot is to have promised it.
            DecisionCodes.Accepted => ballot <= Acceptors[DecisionCodes.Acceptor(code) - 1].Accepted
                && ballot <= Acceptors[DecisionCodes.Acceptor(code) - 1].Promised,
            _ => true,
        };
    }

    /// <summary>The promises and marks on disk, a byte for each process.</summary>
    public (ulong Promises, ulong Marks) OnDisk()
    {
        var (promises, marks) = (0UL, 0UL);
        for (var place = 0; place < Acceptors.Length; place++)
        {
            promises |= (ulong)Acceptors[place].Promised << (8 * place);
        }
        for (var i = 0; i < Proposers.Length; i++)
        {
            marks |= (ulong)Proposers[i].Mark << (8 * i);
        }
        return (promises, marks);
    }

    public static bool NoneIsLower((ulong Promises, ulong Marks) before, (ulong Promises, ulong Marks) after) =>
        NoneIsLower(before.Promises, after.Promises) && NoneIsLower(before.Marks, after.Marks);

    private static bool NoneIsLower(ulong before, ulong after)
    {
        for (var shift = 0; shift < 64; shift += 8)
        {
            if (((after >> shift) & 0xff) < ((before >> shift) & 0xff))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Writes canonical bytes.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="newPlaces">The new places of the acceptors, or null: as they are.</param>
    public void Write(StateWriter writer, IReadOnlyList<int>? newPlaces = null)
    {
        writer.WriteNumber(_chosen);
        if (newPlaces is null)
        {
            Pool.Write(writer);
        }
        else
        {
            Pool.WriteRenamed(writer, code => DecisionCodes.Rename(code, newPlaces));
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        _chosen = reader.ReadNumber();
        Pool.Read(ref reader);
    }
}

/// <summary>What an acceptor's disk says, as codes of ballots.</summary>
/// <param name="Promised">What it promised.</param>
/// <param name="Accepted">Under which ballot it accepted.</param>
internal readonly record struct AcceptorStanding(int Promised, int Accepted);

/// <summary>What a proposer still listens to.</summary>
/// <param name="Mark">The mark on its disk, as a code.</param>
/// <param name="Asking">The ballot (as a code) that it asks promises for; 0 for none.</param>
/// <param name="Promises">Who has promised it.</param>
/// <param name="IsLast">Whether it will never ask for another, not even in another life.</param>
/// <param name="Leaving">The ballot (as a code) that it would give up if it were refused; 0 for none.</param>
internal readonly record struct ProposerStanding(int Mark, int Asking, MemberSet Promises, bool IsLast, int Leaving = 0)
{
    /// <summary>Whether a refusal of a ballot still means anything to it: the end of that one, or a higher next one.</summary>
    public bool Heeds(int refused) => !IsLast || refused == Leaving;
}
