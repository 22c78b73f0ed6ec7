using System.Diagnostics;

namespace Synod.Client.Load;

/// <summary>What a run hands out, counts and measures: warm-up, then the measurement, then the rest that is still in
/// flight.</summary>
internal sealed class LoadRun
{
    /// <summary>Different errors that are told apart; further ones count together.</summary>
    private const int ErrorKindsMax = 20;

    private const string OtherErrors = "other errors";

    private readonly LoadPlan _plan;
    private readonly long _issueMax;
    private readonly Dictionary<string, long> _errors = [];
    private LoadRandom _random;
    private long _issued;
    private long _finished;
    private long _measureStart;
    private long _measureEnd;
    private TimeSpan _ownTime;
    private TimeSpan? _serverTime;
    private bool _hasBegun;
    private bool _isOver;

    public LoadRun(LoadPlan plan)
    {
        _plan = plan;
        _random = new LoadRandom(plan.Seed);
        _issueMax = plan.Requests > 0 ? plan.Warmup + plan.Requests : long.MaxValue;
        Messages = new RequestMessages(plan);
    }

    public RequestMessages Messages { get; }

    public LatencyHistogram Latencies { get; } = new();

    public IReadOnlyDictionary<string, long> Errors => _errors;

    public long Failures { get; private set; }

    public long Missing { get; private set; }

    public bool IsMeasuring => _measureStart != 0 && !_isOver;

    /// <summary>Whether nothing new is started any more.</summary>
    public bool IsOver => _isOver;

    public TimeSpan Measured => Elapsed(_measureStart, _measureEnd);

    public TimeSpan OwnTime => _ownTime;

    public TimeSpan? ServerTime => _serverTime;

    /// <summary>The monotonic clock, in the units of <see cref="Stopwatch"/>.</summary>
#pragma warning disable CA1822 // One clock per run: connections must not use another.
    public long Now() => Stopwatch.GetTimestamp();
#pragma warning restore CA1822

    public static TimeSpan Elapsed(long start, long end) => Stopwatch.GetElapsedTime(start, end);

    /// <summary>Begins; the measurement itself begins when the warm-up is through.</summary>
    public void Begin(long now)
    {
        _hasBegun = true;
        if (_plan.Warmup == 0)
        {
            BeginMeasuring(now);
        }
    }

    /// <summary>The next request to send; none before all connections are ready and none after the end.</summary>
    public bool TryNext(out PlannedRequest request)
    {
        if (!_hasBegun || _isOver || _issued >= _issueMax)
        {
            request = default;
            return false;
        }
        int key = _plan.Sequential ? (int)(_issued % _plan.Keys) : _random.Below(_plan.Keys);
        _issued++;
        bool isPut = _plan.Mode switch
        {
            LoadMode.Put => true,
            LoadMode.Mixed => _random.Below(100) < _plan.PutPercent,
            _ => false,
        };
        request = new PlannedRequest(isPut, key, isPut ? _random.Next() : 0);
        return true;
    }

    public void Succeeded(long started, long now, bool isMissing)
    {
        if (IsMeasuring)
        {
            Latencies.Record((long)Elapsed(started, now).TotalNanoseconds);
            Missing += isMissing ? 1 : 0;
        }
        Finished(now);
    }

    public void Failed(string error, long now)
    {
        // Errors of the warm-up count too: a load that fails from the start must not look well.
        Failures++;
        string kind = _errors.ContainsKey(error) || _errors.Count < ErrorKindsMax ? error : OtherErrors;
        _errors[kind] = _errors.GetValueOrDefault(kind) + 1;
        Finished(now);
    }

    /// <summary>Ends the measurement where its time is up.</summary>
    public void CheckTime(long now)
    {
        if (IsMeasuring && _plan.Requests == 0 && Elapsed(_measureStart, now) >= _plan.Duration)
        {
            End(now);
        }
    }

    /// <summary>Ends the measurement; nothing is started or counted afterwards.</summary>
    public void End(long now)
    {
        if (_isOver)
        {
            return;
        }
        _isOver = true;
        _measureEnd = now;
        if (_measureStart == 0)
        {
            _measureStart = now;
            return;
        }
        _ownTime = ProcessorTime.Own() - _ownTime;
        _serverTime = ProcessorTime.Of(_plan.ServerProcesses) - _serverTime;
    }

    private void BeginMeasuring(long now)
    {
        _measureStart = now;
        _ownTime = ProcessorTime.Own();
        _serverTime = _plan.ServerProcesses.Count == 0 ? null : ProcessorTime.Of(_plan.ServerProcesses);
    }

    private void Finished(long now)
    {
        _finished++;
        if (_finished == _plan.Warmup)
        {
            BeginMeasuring(now);
        }
        if (_finished == _issueMax)
        {
            End(now);
        }
    }
}
