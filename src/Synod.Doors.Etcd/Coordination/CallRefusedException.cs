using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>A step of a call that takes several was refused; the call ends with this status.</summary>
public sealed class CallRefusedException : Exception
{
    /// <summary>With a status.</summary>
    internal CallRefusedException(GrpcStatus status)
        : base(status.Message) => Status = status;

    /// <summary>How the call ends.</summary>
    internal GrpcStatus Status { get; }
}
