namespace Synod.Doors.Etcd.Tests;

/// <summary>What users of python3-etcd3 do, against any endpoint.</summary>
public static class PythonScenarios
{
    /// <summary>Keys, prefixes, transactions, status, members.</summary>
    public static async Task KeysAndTransactionsAsync(string endpoint, string prefix)
    {
        var result = await PythonEtcd3.RunAsync(endpoint, $$"""
            p = '{{prefix}}'
            c.put(p + 'a', '1'); c.put(p + 'b', '2')
            assert c.get(p + 'a')[0] == b'1'
            assert [v for v, _ in c.get_prefix(p)] == [b'1', b'2']
            assert [v for v, _ in c.get_prefix(p, sort_order='descend')] == [b'2', b'1']
            assert c.replace(p + 'a', '1', '3') and not c.replace(p + 'a', '1', '4')
            assert c.put_if_not_exists(p + 'n', 'x') and not c.put_if_not_exists(p + 'n', 'y')
            ok, answers = c.transaction(
                compare=[c.transactions.value(p + 'a') == '3', c.transactions.version(p + 'none') == 0],
                success=[c.transactions.put(p + 'a', '5'), c.transactions.get(p + 'a')],
                failure=[c.transactions.delete(p + 'a')])
            assert ok and answers[1][0][0] == b'5', answers
            assert c.delete(p + 'a') and not c.delete(p + 'a')
            assert c.delete_prefix(p).deleted == 2
            assert c.status().leader is not None
            print(len(list(c.members)))
            """);
        Assert.NotEqual("0", Assert.Single(result.Lines));
    }

    /// <summary>A watch with history, joined to what happens while it is open, in order and once.</summary>
    public static async Task WatchAsync(string endpoint, string prefix)
    {
        var result = await PythonEtcd3.RunAsync(endpoint, $$"""
            p = '{{prefix}}'
            import threading
            for i in range(50): c.put(p + 'k%d' % (i % 5), str(i))
            start = c.get(p + 'k0')[1].create_revision
            events, cancel = c.watch_prefix(p, start_revision=start)
            other = etcd3.client(host=c._url.split(':')[0], port=int(c._url.split(':')[1])) if hasattr(c, '_url') else c
            writer = threading.Thread(target=lambda: [other.put(p + 'k%d' % (i % 5), str(i)) for i in range(50, 100)])
            writer.start()
            seen = []
            for e in events:
                seen.append((e.mod_revision, e.value.decode()))
                if len(seen) == 100: cancel()
            writer.join()
            assert [v for _, v in seen] == [str(i) for i in range(100)], seen
            assert [r for r, _ in seen] == sorted(set(r for r, _ in seen)), seen
            print('whole')
            """);
        Assert.Equal(["whole"], result.Lines);
    }

    /// <summary>Errors arrive as grpcio shows them.</summary>
    public static async Task ErrorsAsync(string endpoint, string prefix)
    {
        var result = await PythonEtcd3.RunAsync(endpoint, $$"""
            import grpc
            def refused(call):
                try: call()
                except grpc.RpcError as e: print(e.code().name + ': ' + e.details())
                except Exception as e: print(type(e).__name__)
            refused(lambda: c.put('', 'x'))
            refused(lambda: c.put('{{prefix}}big', 'x' * (1536 * 1024)))
            refused(lambda: c.put('{{prefix}}big', 'x' * (3 * 1024 * 1024)))
            refused(lambda: c.lease(9000000001))
            c.put('{{prefix}}big', 'x' * (1536 * 1024 - 100))
            print(len(c.get('{{prefix}}big')[0]))
            """);
        Assert.Equal(
            [
                "INVALID_ARGUMENT: etcdserver: key is not provided",
                "INVALID_ARGUMENT: etcdserver: request is too large",
                "RESOURCE_EXHAUSTED: grpc: received message larger than max (3145744 vs. 2097152)",
                "OUT_OF_RANGE: etcdserver: too large lease TTL",
                "1572764",
            ],
            result.Lines.Select(
                line => System.Text.RegularExpressions.Regex.Replace(line, @"\(31457\d\d", "(3145744")));
    }
}
