namespace Synod.Client.Etcd;

/// <summary>What is known about a request that was not answered well.</summary>
public enum RequestOutcome
{
    /// <summary>It was not done and will not be.</summary>
    NotDone,

    /// <summary>It may have been done, or may still be: nobody told.</summary>
    Unknown,
}

/// <summary>A request failed; the message is one line for people.</summary>
public sealed class EtcdException : Exception
{
    /// <summary>Makes one.</summary>
    public EtcdException(int status, RequestOutcome outcome, string message)
        : base(message)
    {
        Status = status;
        Outcome = outcome;
    }

    /// <summary>The gRPC status; see <see cref="GrpcStatus"/>.</summary>
    public int Status { get; }

    /// <summary>Whether a change may have been made.</summary>
    public RequestOutcome Outcome { get; }
}
