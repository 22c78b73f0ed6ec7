using System.Diagnostics;
using System.Text;

namespace Synod.Doors.Etcd.Metrics;

/// <summary>What any scraper wants to know of a process.</summary>
internal static class ProcessMetrics
{
    private const string DescriptorFolder = "/proc/self/fd";

    /// <summary>Writes the process's own figures under their customary names.</summary>
    public static void WriteTo(StringBuilder text)
    {
        using var process = Process.GetCurrentProcess();
        PrometheusText.Single(
            text, "process_cpu_seconds_total", "counter", "CPU time used.", process.TotalProcessorTime.TotalSeconds);
        PrometheusText.Single(
            text, "process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        PrometheusText.Single(
            text, "process_start_time_seconds", "gauge", "Start, in seconds since 1970.",
            (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
        if (Directory.Exists(DescriptorFolder))
        {
            PrometheusText.Single(
                text, "process_open_fds", "gauge", "Open file descriptors.",
                Directory.EnumerateFileSystemEntries(DescriptorFolder).Count());
        }
        PrometheusText.Single(
            text, "dotnet_gc_pause_seconds_total", "counter", "Time that garbage collection has stopped the process.",
            GC.GetTotalPauseDuration().TotalSeconds);
        PrometheusText.Single(
            text, "dotnet_gc_heap_bytes", "gauge", "Managed heap after the last collection.",
            GC.GetGCMemoryInfo().HeapSizeBytes);
        PrometheusText.Single(
            text, "dotnet_thread_pool_queue_length", "gauge", "Work items that wait for a thread.",
            ThreadPool.PendingWorkItemCount);
        PrometheusText.Single(
            text, "dotnet_thread_pool_threads", "gauge", "Threads of the pool.", ThreadPool.ThreadCount);
    }
}
