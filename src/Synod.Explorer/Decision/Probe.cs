using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Decision;

/// <summary>Reads a role's state back.</summary>
internal delegate void ReadState(ref StateReader reader);

/// <summary>
/// Tries out on a role what <see cref="DecisionNetwork.ForgetTheDead"/> throws away: whoever would heed it breaks the rules
/// that forgetting leans on, and a search that forgets would never see it. Leaves the role as it was.
/// </summary>
internal sealed class Probe(DecisionCodes codes, IReadOnlyList<NodeId> voters)
{
    private readonly StateWriter _before = new();
    private readonly StateWriter _after = new();

    /// <summary>Whether any of some promises of a ballot would change a proposer, or bring forth an Accept.</summary>
    public bool IsHeeded(int ballot, MemberSet from, Func<Promise, bool> step, Action<StateWriter> write, ReadState read)
    {
        return ballot != 0 && from != MemberSet.Empty && IsHeeded(write, read, StepAll);

        bool StepAll()
        {
            var isHeeded = false;
            for (var place = 0; place < voters.Count; place++)
            {
                if (from.Contains(place))
                {
                    foreach (var promise in codes.PromisesOf(voters[place], ballot))
                    {
                        isHeeded |= step(promise);
                    }
                }
            }
            return isHeeded;
        }
    }

    /// <summary>Whether a role that promised a ballot would change by a request of the ballot below, or answer it.</summary>
    public bool IsHeeded(
        int promised, Func<Prepare, bool> prepare, Func<Accept, bool> accept, Action<StateWriter> write, ReadState read)
    {
        var ballot = codes.Below(promised);
        return ballot != 0 && IsHeeded(
            write, read, () => prepare(new Prepare(codes.BallotOf(ballot))) | accept(new Accept(codes.BallotOf(ballot), codes.Wish(0, 0))));
    }

    private bool IsHeeded(Action<StateWriter> write, ReadState read, Func<bool> step)
    {
        _before.Clear();
        write(_before);
        bool isHeeded;
        try
        {
            isHeeded = step();
        }
        catch (InvariantViolatedException)
        {
            isHeeded = true; // Who looks at it closely enough to find it wrong does not ignore it.
        }
        _after.Clear();
        write(_after);
        if (!_after.Written.SequenceEqual(_before.Written))
        {
            isHeeded = true;
            var reader = new StateReader(_before.Written.ToArray());
            read(ref reader);
        }
        return isHeeded;
    }
}
