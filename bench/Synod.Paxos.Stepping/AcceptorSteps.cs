using BenchmarkDotNet.Attributes;
using Synod.Paxos.Essential;

namespace Synod.Paxos.Stepping;

/// <summary>
/// Steps of the single-decree acceptor. The goal is under 50 ns and 0 bytes allocated for each. A step is taken under a
/// ballot that is higher each time, so that every one of them changes the state.
/// </summary>
[MemoryDiagnoser]
public class AcceptorSteps
{
    private const int StepsPerInvocation = 1_000;
    private static readonly NodeId Proposer = new(7);
    private readonly Acceptor _acceptor = new(new NodeId(1), default);
    private readonly Value _value = Value.FromText("sixteen bytes...");
    private ulong _round;

    /// <summary>A Prepare that is promised.</summary>
    [Benchmark(OperationsPerInvoke = StepsPerInvocation)]
    public int Promise()
    {
        var answered = 0;
        for (var i = 0; i < StepsPerInvocation; i++)
        {
            answered += _acceptor.Step(new Prepare(new Ballot(++_round, Proposer, 1))).HasValue ? 1 : 0;
        }
        return answered;
    }

    /// <summary>An Accept that is accepted.</summary>
    [Benchmark(OperationsPerInvoke = StepsPerInvocation)]
    public int Accept()
    {
        var answered = 0;
        for (var i = 0; i < StepsPerInvocation; i++)
        {
            answered += _acceptor.Step(new Accept(new Ballot(++_round, Proposer, 1), _value)).HasValue ? 1 : 0;
        }
        return answered;
    }

    /// <summary>A Prepare, its answer released by the disk, the Accept, its answer released.</summary>
    [Benchmark(OperationsPerInvoke = StepsPerInvocation)]
    public int WholeBallot()
    {
        var released = 0;
        for (var i = 0; i < StepsPerInvocation; i++)
        {
            var ballot = new Ballot(++_round, Proposer, 1);
            var promise = _acceptor.Step(new Prepare(ballot))!.Value;
            released += promise.TryRelease(_acceptor.State, out _) ? 1 : 0;
            var accepted = _acceptor.Step(new Accept(ballot, _value))!.Value;
            released += accepted.TryRelease(_acceptor.State, out _) ? 1 : 0;
        }
        return released;
    }

    /// <summary>An Accept below the promise.</summary>
    [Benchmark(OperationsPerInvoke = StepsPerInvocation)]
    public int Refuse()
    {
        var refused = 0;
        _acceptor.Step(new Prepare(new Ballot(_round += 2, Proposer, 1)));
        for (var i = 0; i < StepsPerInvocation; i++)
        {
            refused += _acceptor.Step(new Accept(new Ballot(_round - 1, Proposer, 1), _value)).HasValue ? 0 : 1;
        }
        return refused;
    }
}
