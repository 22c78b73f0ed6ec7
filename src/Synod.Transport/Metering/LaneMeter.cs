namespace Synod.Transport.Metering;

/// <summary>
/// Plain counters of one lane; a scrape reads them, so counting costs next to nothing. Each has one writer at a time
/// except the drops.
/// </summary>
internal sealed class LaneMeter
{
    private long _drops;

    public long BytesOut { get; set; }

    public long FramesOut { get; set; }

    public long BytesIn { get; private set; }

    public long FramesIn { get; private set; }

    public long Connections { get; set; }

    public long Drops => Volatile.Read(ref _drops);

    public void CountDrop() => Interlocked.Increment(ref _drops);

    public void CountIn(int frames, int bytes)
    {
        FramesIn += frames;
        BytesIn += bytes;
    }
}
