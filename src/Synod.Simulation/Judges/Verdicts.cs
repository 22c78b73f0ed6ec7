namespace Synod.Simulation;

/// <summary>What judges found wrong. The first few are enough.</summary>
internal sealed class Verdicts(Scheduler scheduler)
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    public void Add(string judge, string what)
    {
        if (_all.Count < VerdictsMax)
        {
            var line = $"{judge}, at {scheduler.Now.Nanoseconds / 1_000_000} ms: {what}";
            _all.Add(line);
            scheduler.Say("VIOLATION " + line);
        }
    }

    private const int VerdictsMax = 20;
}
