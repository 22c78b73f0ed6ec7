using Synod.Explorer.Essential;
using Synod.Explorer.Practical;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Tests.Decision;

/// <summary>
/// Proposers that heed exactly those messages that are forgotten as dead. Each breaks agreement where nothing is
/// forgotten; a search that forgets must not take them for right.
/// </summary>
public class HiddenBugTests
{
    private static readonly Dictionary<string, PaxosWorldOptions> Wrong = new()
    {
        ["the same voter counted twice"] = new()
        {
            MakeProposer = (self, configuration) => new TallyingProposer(self, configuration),
        },
        ["a late promise changes the value of a ballot"] = new()
        {
            MakeProposer = (self, configuration) => new WaveringProposer(self, configuration),
        },
    };

    public static TheoryData<string> Bugs => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_search_that_forgets_sees_what_a_whole_one_sees(string bug)
    {
        var whole = Exploration.Explore(new PaxosWorld(Wrong[bug]), new ExplorationLimits(), PaxosProperties.All);
        Assert.Equal(ExplorationEnd.FirstViolation, whole.End);
        var forgetful = Exploration.Explore(
            new PaxosWorld(Wrong[bug] with { ForgetsTheDead = true }), new ExplorationLimits(), PaxosProperties.All);
        Assert.True(forgetful.End == ExplorationEnd.FirstViolation, forgetful.ToString());
    }

    [Fact]
    public void A_member_that_changes_its_mind_late_is_seen_as_well()
    {
        var options = new PracticalWorldOptions
        {
            SyncIsAStep = false,
            Nacks = false,
            MakeMember = (self, configuration) => new WaveringMember(self, configuration),
        };
        var whole = Exploration.Explore(new PracticalWorld(options), new ExplorationLimits(), PracticalProperties.OneValuePerBallot);
        Assert.Equal(ExplorationEnd.FirstViolation, whole.End);
        var forgetful = Exploration.Explore(
            new PracticalWorld(options with { ForgetsTheDead = true }), new ExplorationLimits(), PracticalProperties.All);
        Assert.True(forgetful.End == ExplorationEnd.FirstViolation, forgetful.ToString());
    }

    /// <summary>While it leads, a promise that shows an acceptance still changes its mind.</summary>
    private sealed class WaveringMember(NodeId self, Configuration configuration) : PracticalMember(self, configuration)
    {
        public override Accept? Step(in Promise promise) =>
            Stage == ProposerStage.Leading && promise.Ballot == Ballot && promise.AcceptedValue is { } value
                ? new Accept(Ballot, value)
                : base.Step(promise);
    }

    /// <summary>Knows who has answered, and goes by how many answers came.</summary>
    private sealed class TallyingProposer(NodeId self, Configuration configuration) : BareProposer(self, configuration)
    {
        protected override bool Suffices => Answers >= 2;
    }

    /// <summary>After its Accept has left, a promise with a higher acceptance still changes its mind.</summary>
    private sealed class WaveringProposer(NodeId self, Configuration configuration) : BareProposer(self, configuration)
    {
        protected override bool TakesLatePromises => true;
    }

    private abstract class BareProposer(NodeId self, Configuration configuration) : IProposerRole
    {
        private Ballot _ballot;
        private Ballot _highest;
        private Value? _value;
        private bool _sent;

        public MemberSet Promises { get; private set; }

        protected int Answers { get; private set; }

        protected virtual bool Suffices => configuration.Quorums.IsPhase1Quorum(Promises);

        protected virtual bool TakesLatePromises => false;

        public Accept? Propose(Value value)
        {
            _value ??= value;
            return null;
        }

        public AfterWrite<BallotMark, Prepare> Prepare()
        {
            _ballot = _ballot.NextFor(self, 1);
            (Promises, Answers, _sent) = (MemberSet.Empty, 0, false);
            return new(new BallotMark(_ballot), new Prepare(_ballot));
        }

        public Accept? Step(in Promise promise)
        {
            var isHigher = promise.AcceptedBallot > _highest;
            if (promise.Ballot != _ballot || (_sent && !(TakesLatePromises && isHigher)))
            {
                return null;
            }
            Promises = Promises.With(configuration.PlaceOf(promise.From));
            Answers++;
            if (isHigher)
            {
                (_highest, _value) = (promise.AcceptedBallot, promise.AcceptedValue);
            }
            if (!Suffices)
            {
                return null;
            }
            _sent = true;
            return new Accept(_ballot, _value!.Value);
        }

        public void Restart(BallotMark durable)
        {
            (_ballot, _highest, _value, _sent) = (durable.Ballot, Ballot.None, null, false);
            (Promises, Answers) = (MemberSet.Empty, 0);
        }

        public void Write(StateWriter writer)
        {
            writer.Write(_ballot);
            writer.Write(_highest);
            writer.Write(_value);
            writer.Write(_sent);
            writer.Write(Promises);
            writer.WriteByte((byte)Answers);
        }

        public void Read(ref StateReader reader)
        {
            (_ballot, _highest, _value) = (reader.ReadBallot(), reader.ReadBallot(), reader.ReadOptionalValue());
            (_sent, Promises) = (reader.ReadBool(), reader.ReadMemberSet());
            Answers = reader.ReadByte();
        }
    }
}
