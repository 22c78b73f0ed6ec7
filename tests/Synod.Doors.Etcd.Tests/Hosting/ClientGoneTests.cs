using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Tests;

public sealed class ClientGoneTests
{
    public static TheoryData<Exception> OfAPipe => [new IOException("reset"), new InvalidOperationException("completed")];

    [Fact]
    public async Task What_says_itself_that_the_client_is_gone_needs_no_waiting()
    {
        Assert.True(await ClientGone.IsAsync(new ConnectionResetException("x"), Timeout.InfiniteTimeSpan, default));
        Assert.True(await ClientGone.IsAsync(new ConnectionAbortedException("x"), Timeout.InfiniteTimeSpan, default));
        Assert.True(await ClientGone.IsAsync(new OperationCanceledException(), Timeout.InfiniteTimeSpan, default));
        Assert.True(await ClientGone.IsAsync(
            new WebSocketException(WebSocketError.InvalidState), Timeout.InfiniteTimeSpan, default));
    }

    [Theory]
    [MemberData(nameof(OfAPipe))]
    public async Task A_pipe_that_fails_before_the_abort_is_told_is_a_client_that_is_gone(Exception exception)
    {
        using var aborted = new CancellationTokenSource();
        var asked = ClientGone.IsAsync(exception, Timeout.InfiniteTimeSpan, aborted.Token);
        Assert.False(asked.IsCompleted);
        await aborted.CancelAsync();
        Assert.True(await asked);
    }

    [Theory]
    [MemberData(nameof(OfAPipe))]
    public async Task Without_an_abort_it_is_a_fault_of_the_door(Exception exception) =>
        Assert.False(await ClientGone.IsAsync(exception, TimeSpan.Zero, default));

    [Fact]
    public async Task Any_other_exception_is_a_fault_of_the_door_at_once()
    {
        using var aborted = new CancellationTokenSource();
        await aborted.CancelAsync();
        Assert.False(await ClientGone.IsAsync(
            new NotSupportedException(), Timeout.InfiniteTimeSpan, aborted.Token));
    }
}
