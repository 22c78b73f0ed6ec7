using Synod.Paxos;
using Synod.Ports;
using Synod.Storage.Format;
using Synod.Storage.Recovery;

namespace Synod.Storage;

/// <summary>
/// The present segment, and the next one, which is made while the present one is still half empty. A full disk is
/// noticed here, before anything depends on the space, and is an alarm rather than a fault.
/// </summary>
internal sealed class SegmentSupply
{
    private enum Next
    {
        None,
        Creating,
        Ready,
    }

    private static readonly TimeSpan CreationPollEvery = TimeSpan.FromMilliseconds(1);
    private readonly JournalOptions _options;
    private readonly IDisk _disk;
    private SegmentPlace _spare;
    private Next _next;
    private ulong _highest;
    private ulong _requestId;
    private Instant _retryAt = new(long.MinValue);
    private volatile string? _noSpace;

    internal SegmentSupply(IDisk disk, JournalOptions options, RecoveredJournal recovered)
    {
        _disk = disk;
        _options = options;
        _spare = recovered.Spare;
        _next = _spare.Number > 0 ? Next.Ready : Next.None;
        _highest = recovered.HighestSegment;
        Present = recovered.Present;
        PresentName = SegmentName.Of(Present.Number);
    }

    /// <summary>Where the next write goes.</summary>
    internal SegmentPlace Present { get; private set; }

    /// <summary>The present segment's file.</summary>
    internal string PresentName { get; private set; }

    internal bool NextIsReady => _next == Next.Ready;

    /// <summary>Why the next segment could not be made, while that lasts.</summary>
    internal string? NoSpace => _noSpace;

    /// <summary>Starts to make the next segment, when it is time.</summary>
    internal void Turn(Instant now, bool urgent, ref ulong lastRequestId)
    {
        if (_next == Next.None && now >= _retryAt && (urgent || Present.Position >= Present.Length / 2))
        {
            _requestId = ++lastRequestId;
            _next = Next.Creating;
            _highest = Math.Max(_highest, Present.Number);
            _disk.Submit(new DiskRequest(
                _requestId, DiskOperation.CreateZeroFilled, SegmentName.Of(_highest + 1), 0, default,
                _options.SegmentBytes));
        }
    }

    internal bool Owns(in DiskCompletion completion) => _next == Next.Creating && completion.Id == _requestId;

    /// <summary>The end of a creation.</summary>
    /// <returns>An error that is a fault, or null.</returns>
    internal string? Complete(in DiskCompletion completion, Instant now)
    {
        Check.That(Owns(completion));
        if (completion.Error is null)
        {
            _spare = new SegmentPlace(++_highest, _options.SegmentBytes, 0, _options.AlignmentBytes);
            _next = Next.Ready;
            _noSpace = null;
            return null;
        }
        _next = Next.None;
        if (!completion.OutOfSpace)
        {
            return completion.Error;
        }
        _retryAt = now + _options.SpaceRetryEvery;
        _noSpace = completion.Error;
        return null;
    }

    /// <summary>Makes the next segment the present one.</summary>
    internal void Enter()
    {
        Check.That(_next == Next.Ready);
        Present = _spare;
        PresentName = SegmentName.Of(Present.Number);
        _spare = default;
        _next = Next.None;
    }

    /// <summary>So many bytes were given to a write.</summary>
    internal void Advance(int bytes)
    {
        Check.That(bytes <= Present.Room);
        Present = Present with { Position = Present.Position + bytes };
    }

    /// <summary>When it wants a turn.</summary>
    internal Instant NextTurn(Instant now) => _next switch
    {
        Next.Creating => now + CreationPollEvery,
        Next.None when _noSpace is not null => _retryAt,
        _ => Instant.Never,
    };
}
