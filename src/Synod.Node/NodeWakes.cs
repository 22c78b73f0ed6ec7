namespace Synod.Node;

/// <summary>How the host rouses the three actors when something was posted to them.</summary>
/// <param name="Core">Rouses the core.</param>
/// <param name="Journal">Rouses the journal.</param>
/// <param name="Apply">Rouses the apply actor.</param>
public sealed record NodeWakes(Action Core, Action Journal, Action Apply)
{
    /// <summary>
    /// Rouses the core for a client's request; it may wait a little for the requests that come with it, or all of them
    /// would go their way one by one.
    /// </summary>
    public Action Requests { get; init; } = Core;
}
