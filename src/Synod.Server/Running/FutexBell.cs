using System.Runtime.InteropServices;

namespace Synod.Server.Running;

/// <summary>
/// A bell on Linux' futex: ringing it is one exchange, and one system call if somebody sleeps. The events of the
/// runtime take a lock on both sides, and the sleeper, woken while the ringer still holds it, sleeps a second time.
/// Drepper, <i>Futexes Are Tricky</i> (2011), tells what to mind: the kernel compares the word once more before it lets
/// a thread sleep, so no ring is lost between looking and sleeping.
/// </summary>
internal sealed partial class FutexBell : Bell
{
    private const int WaitPrivate = 0 | 128;
    private const int WakePrivate = 1 | 128;

    private const int Silent = 0;
    private const int Rung = 1;
    private const int Sleeping = -1;

    private static readonly nint Number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        _ => 0,
    };

    private int _word;

    /// <summary>Whether this system has the call in the form used here.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Number != 0;

    /// <inheritdoc/>
    public override void Ring()
    {
        if (Interlocked.Exchange(ref _word, Rung) == Sleeping)
        {
            // Nobody else ever sleeps here. An error could only mean that there is nobody to wake.
            syscall(Number, ref _word, WakePrivate, 1, 0);
        }
    }

    /// <inheritdoc/>
    public override void Quieten() => Interlocked.Exchange(ref _word, Silent);

    /// <inheritdoc/>
    public override void Wait(TimeSpan longest)
    {
        if (Interlocked.CompareExchange(ref _word, Sleeping, Silent) == Silent)
        {
            var time = new Timespec(
                longest.Ticks / TimeSpan.TicksPerSecond,
                longest.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
            // Rung, timed out, interrupted by a signal or not slept at all: the pump looks at what there is and comes again.
            syscall(Number, ref _word, WaitPrivate, Sleeping, in time);
            Interlocked.CompareExchange(ref _word, Silent, Sleeping);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // A word of memory holds nothing.
    }

    // The word does not move while a thread sleeps on it: a call pins what it is given by reference.
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint syscall(nint number, ref int word, int operation, int value, in Timespec time);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint syscall(nint number, ref int word, int operation, int value, nint noTime);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
