using Synod.Paxos;

namespace Synod.Node;

/// <summary>What a node found when it started.</summary>
/// <param name="Records">Records in the journal.</param>
/// <param name="Rewritten">Records above the synced mark that were written and synced anew.</param>
/// <param name="TailWasCut">A torn write stood behind them; it was never acknowledged.</param>
/// <param name="ChosenUpTo">The chosen prefix.</param>
/// <param name="Promised">The highest promise.</param>
public sealed record RecoveryReportSummary(
    ulong Records, ulong Rewritten, bool TailWasCut, Slot ChosenUpTo, Ballot Promised);
