using Synod.Node;
using Synod.Server.Serving;

namespace Synod.Server.Tests;

/// <summary>How much history is kept, in etcd's words.</summary>
public sealed class CompactionSettingTests
{
    [Theory]
    [InlineData(null, null, 500_000, 0)]
    [InlineData("revision", null, 500_000, 0)]
    [InlineData("revision", "1000", 1000, 0)]
    [InlineData("revision", "0", 0, 0)]
    [InlineData("periodic", null, 0, 3600)]
    [InlineData("periodic", "2", 0, 7200)]
    [InlineData(null, "1h30m", 0, 5400)]
    [InlineData(null, "90s", 0, 90)]
    [InlineData(null, "0", 0, 0)]
    public void Mode_and_retention_mean_what_they_mean_to_etcd(string? mode, string? retention, long revisions, int seconds)
    {
        CompactionSetting.Read(mode, retention, out var options, out var modeProblem, out var retentionProblem);
        Assert.Null(modeProblem);
        Assert.Null(retentionProblem);
        Assert.Equal(new CompactionOptions { Revisions = revisions, Period = TimeSpan.FromSeconds(seconds) }, options);
    }

    [Theory]
    [InlineData("sometimes", "1")]
    [InlineData("revision", "1h")]
    [InlineData("revision", "-1")]
    [InlineData("periodic", "h")]
    [InlineData("periodic", "")]
    [InlineData("periodic", "1x")]
    [InlineData("periodic", "-2")]
    [InlineData("periodic", "99999999999")]
    public void Anything_else_is_refused(string? mode, string? retention)
    {
        CompactionSetting.Read(mode, retention, out _, out var modeProblem, out var retentionProblem);
        Assert.True(modeProblem is not null ^ retentionProblem is not null);
    }
}
