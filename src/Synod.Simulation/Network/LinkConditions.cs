namespace Synod.Simulation;

/// <summary>How frames travel from one node to another; each direction has its own.</summary>
internal sealed class LinkConditions
{
    /// <summary>The shortest a frame is under way.</summary>
    public TimeSpan DelayLeast { get; set; } = TimeSpan.FromMicroseconds(50);

    /// <summary>The longest a frame is under way, but for spikes.</summary>
    public TimeSpan DelayMost { get; set; } = TimeSpan.FromMicroseconds(500);

    /// <summary>How often a frame takes up to <see cref="SpikeMost"/>.</summary>
    public double Spikes { get; set; }

    /// <summary>The longest a frame is under way in a spike.</summary>
    public TimeSpan SpikeMost { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a frame is lost.</summary>
    public double Loss { get; set; }

    /// <summary>How often a frame arrives twice; the second time at leisure.</summary>
    public double Duplication { get; set; }

    /// <summary>Frames of one lane may overtake each other, which TCP never does.</summary>
    public bool Reorders { get; set; }

    /// <summary>Frames arrive even after the connection, or the receiver's process, was replaced. TCP never does that either.</summary>
    public bool ArrivesLate { get; set; }

    /// <summary>Nothing arrives.</summary>
    public bool IsCut { get; set; }

    /// <summary>What is sent while <see cref="IsCut"/> waits and arrives when the link is whole again, as TCP sends again.</summary>
    public bool Keeps { get; set; }

    /// <summary>Back to what it was, as far as partitions go.</summary>
    public void Heal()
    {
        IsCut = false;
        Keeps = false;
    }

    /// <summary>A network that is whole and quick.</summary>
    public void MakePerfect()
    {
        Heal();
        DelayLeast = TimeSpan.FromMicroseconds(50);
        DelayMost = TimeSpan.FromMicroseconds(500);
        Spikes = 0;
        Loss = 0;
        Duplication = 0;
        Reorders = false;
        ArrivesLate = false;
    }
}
