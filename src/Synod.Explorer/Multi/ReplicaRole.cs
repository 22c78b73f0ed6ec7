using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

/// <summary>
/// The real <see cref="Synod.Paxos.Multi.Replica"/> as <see cref="LogWorld"/> drives it. Whoever wants to see what a rule is
/// good for overrides the place where it is kept.
/// </summary>
/// <param name="self">Its number.</param>
/// <param name="configuration">Who votes.</param>
/// <param name="options">Limits and times.</param>
public class ReplicaRole(NodeId self, Configuration configuration, ReplicaOptions options)
{
    /// <summary>The instant at which the clock stands still.</summary>
    public static Instant Now => new(1_000_000_000);

    /// <summary>The replica.</summary>
    public Replica Replica { get; } = new(self, configuration, options);

    /// <summary>A message arrives.</summary>
    public virtual void Step(LogMessage message, ReplicaOutput output)
    {
        var from = new Sender(message.From, Configuration.FirstIncarnation, configuration.Number);
        switch (message.Kind)
        {
            case MessageKind.Prepare:
                Replica.Step(Now, from, message.Prepare, output);
                break;
            case MessageKind.Promise:
                Replica.Step(Now, from, message.Promise, output);
                break;
            case MessageKind.Accept:
                Replica.Step(Now, from, message.Accept, output);
                break;
            case MessageKind.Accepted:
                Replica.Step(Now, from, message.Accepted, output);
                break;
            default:
                Check.That(message.Kind == MessageKind.Chosen);
                Replica.Step(Now, from, message.Chosen, output);
                break;
        }
    }

    /// <summary>The record that a message waits for.</summary>
    public virtual ulong WaitsFor(in Outgoing message) => message.AfterRecord;

    /// <summary>A record of an earlier life is read back.</summary>
    public virtual void Recover(in StateRecord record, ulong number, ReplicaOutput output) =>
        Replica.Recover(record, number, output);
}
