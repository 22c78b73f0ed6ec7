using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;

namespace Synod.Client.Commands;

/// <summary>
/// What `synod put|get|del|watch|status` do. Each returns an <see cref="ExitCode"/>; data goes to the output, one line
/// per failure to the error writer.
/// </summary>
/// <param name="endpoints">Where to ask, in order.</param>
/// <param name="timeout">How long one endpoint may take.</param>
/// <param name="output">For data.</param>
/// <param name="error">For failures.</param>
public sealed class ClientActions(IReadOnlyList<Uri> endpoints, TimeSpan timeout, TextWriter output, TextWriter error)
{
    /// <summary>Writes one key.</summary>
    public Task<int> PutAsync(string key, string value, CancellationToken cancellation) =>
        ChangeAsync(async client =>
        {
            var request = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) };
            PutResponse answer = await client.PutAsync(request, cancellation).ConfigureAwait(false);
            await output.WriteLineAsync($"OK, revision {answer.Header?.Revision}").ConfigureAwait(false);
        });

    /// <summary>Removes a key or a prefix.</summary>
    public Task<int> DeleteAsync(string key, bool prefix, CancellationToken cancellation) =>
        ChangeAsync(async client =>
        {
            KeyRange range = prefix ? KeyRange.Prefix(key) : KeyRange.One(key);
            var request = new DeleteRangeRequest { Key = range.Key, RangeEnd = range.RangeEnd };
            DeleteRangeResponse answer = await client.DeleteRangeAsync(request, cancellation).ConfigureAwait(false);
            string noun = answer.Deleted == 1 ? "key" : "keys";
            await output.WriteLineAsync($"{answer.Deleted} {noun} deleted, revision {answer.Header?.Revision}")
                .ConfigureAwait(false);
        });

    /// <summary>Prints keys and values.</summary>
    public Task<int> GetAsync(GetOptions options, CancellationToken cancellation) =>
        ReadAsync(async client =>
        {
            KeyRange range = options.Prefix ? KeyRange.Prefix(options.Key) : KeyRange.One(options.Key);
            var request = new RangeRequest
            {
                Key = range.Key,
                RangeEnd = range.RangeEnd,
                Revision = options.Revision,
                Limit = options.Limit,
                KeysOnly = options.KeysOnly,
                Serializable = options.Serializable,
            };
            RangeResponse answer = await client.RangeAsync(request, cancellation).ConfigureAwait(false);
            if (options.Json)
            {
                await output.WriteLineAsync(JsonText.Of(answer)).ConfigureAwait(false);
                return;
            }
            foreach (KeyValue pair in answer.Kvs)
            {
                await output.WriteLineAsync(pair.Key.ToStringUtf8()).ConfigureAwait(false);
                if (!options.KeysOnly)
                {
                    await output.WriteLineAsync(pair.Value.ToStringUtf8()).ConfigureAwait(false);
                }
            }
            if (answer.More)
            {
                await error.WriteLineAsync($"synod: {answer.Count} keys in all; --limit left some out")
                    .ConfigureAwait(false);
            }
        });

    /// <summary>Prints changes until it is cancelled, which counts as success.</summary>
    public Task<int> WatchAsync(string key, bool prefix, long revision, bool json, CancellationToken cancellation) =>
        ReadAsync(async client =>
        {
            KeyRange range = prefix ? KeyRange.Prefix(key) : KeyRange.One(key);
            var create = new WatchCreateRequest
            {
                Key = range.Key,
                RangeEnd = range.RangeEnd,
                StartRevision = revision,
            };
            try
            {
                await foreach (WatchResponse answer in client.WatchAsync(create, cancellation).ConfigureAwait(false))
                {
                    ThrowIfCanceled(answer);
                    foreach (Event change in answer.Events)
                    {
                        await output.WriteLineAsync(json ? JsonText.Of(change) : PlainText(change))
                            .ConfigureAwait(false);
                    }
                    await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
            }
        });

    /// <summary>Prints how all members of the cluster are; fails when one of them, or one of the endpoints, does not answer.</summary>
    public Task<int> StatusAsync(bool json, CancellationToken cancellation) =>
        new StatusTable(endpoints, timeout, output, error).PrintAsync(json, cancellation);

    private static void ThrowIfCanceled(WatchResponse answer)
    {
        if (!answer.Canceled)
        {
            return;
        }
        string reason = answer.CompactRevision > 0
            ? $"the history before revision {answer.CompactRevision} is forgotten; watch from there with --rev"
            : answer.CancelReason;
        throw new EtcdException(GrpcStatus.Cancelled, RequestOutcome.NotDone, "the server ended the watch: " + reason);
    }

    private static string PlainText(Event change) =>
        change.Type == Event.Types.EventType.Delete
            ? $"DELETE\n{change.Kv.Key.ToStringUtf8()}"
            : $"PUT\n{change.Kv.Key.ToStringUtf8()}\n{change.Kv.Value.ToStringUtf8()}";

    private Task<int> ReadAsync(Func<EtcdClient, Task> action) => GuardedAsync(action, isChange: false);

    private Task<int> ChangeAsync(Func<EtcdClient, Task> action) => GuardedAsync(action, isChange: true);

    private async Task<int> GuardedAsync(Func<EtcdClient, Task> action, bool isChange)
    {
        using var client = new EtcdClient(endpoints, timeout);
        try
        {
            await action(client).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (EtcdException exception)
        {
            bool unknown = isChange && exception.Outcome == RequestOutcome.Unknown;
            await error.WriteLineAsync(
                unknown ? $"synod: unknown whether it was done: {exception.Message}" : $"synod: {exception.Message}")
                    .ConfigureAwait(false);
            return unknown ? ExitCode.Unknown : ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("synod: interrupted").ConfigureAwait(false);
            return isChange ? ExitCode.Unknown : ExitCode.Failed;
        }
    }
}
