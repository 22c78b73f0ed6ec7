namespace Synod.EndToEnd.Tests.Links;

/// <summary>A relay for each member.</summary>
internal sealed class RelaySet : IAsyncDisposable
{
    private RelaySet(IReadOnlyList<PeerRelay> all) => All = all;

    public IReadOnlyList<PeerRelay> All { get; }

    /// <summary>Relays with one weather for all.</summary>
    public static RelaySet Of(int count, LinkWeather weather) =>
        new([.. Enumerable.Range(0, count).Select(_ => new PeerRelay(weather))]);

    /// <summary>Relays with a weather for each.</summary>
    public static RelaySet Of(params LinkWeather[] weathers) => new([.. weathers.Select(weather => new PeerRelay(weather))]);

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in All)
        {
            await relay.DisposeAsync();
        }
    }
}
