namespace Synod.Client.Load;

/// <summary>What the load consists of.</summary>
public enum LoadMode
{
    /// <summary>Puts of random keys.</summary>
    Put,

    /// <summary>Linearizable gets of random keys.</summary>
    Get,

    /// <summary>Gets that the asked node answers by itself, maybe from the past.</summary>
    GetSerializable,

    /// <summary>Puts and linearizable gets, drawn at random.</summary>
    Mixed,
}
