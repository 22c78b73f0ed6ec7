namespace Synod.Simulation;

/// <summary>Replicas that have applied the same slots have the same state: effect sum, revision and store time.</summary>
internal sealed class EffectSumJudge(Verdicts verdicts)
{
    private readonly record struct Picture(ulong EffectSum, long Revision, ulong StoreTime);

    private readonly Dictionary<ulong, (Picture Picture, string Who)> _seen = [];

    public void Look(Life life)
    {
        var state = life.Node!.State;
        var picture = new Picture(state.Store.EffectSum, state.Store.CurrentRevision, state.StoreTimeMicroseconds);
        if (!_seen.TryGetValue(state.AppliedUpTo.Number, out var known))
        {
            _seen.Add(state.AppliedUpTo.Number, (picture, $"{life.Machine.Name} in life {life.Number}"));
        }
        else if (known.Picture != picture)
        {
            verdicts.Add("effects", $"after slot {state.AppliedUpTo} {life.Machine.Name} in life {life.Number} has {picture}, {known.Who} had {known.Picture}");
        }
    }
}
