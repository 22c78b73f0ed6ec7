using Synod.Doors.Etcd.Hosting;
using Synod.Node;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>etcd's errors. Clients compare the words, so these are exact.</summary>
internal static class EtcdErrors
{
    /// <summary>A request without a key.</summary>
    public static GrpcStatus EmptyKey => Invalid("etcdserver: key is not provided");

    /// <summary>The value or lease of a missing key was to be kept.</summary>
    public static GrpcStatus KeyNotFound => Invalid("etcdserver: key not found");

    /// <summary>A value was given and was also to be kept.</summary>
    public static GrpcStatus ValueProvided => Invalid("etcdserver: value is provided");

    /// <summary>A lease was given and was also to be kept.</summary>
    public static GrpcStatus LeaseProvided => Invalid("etcdserver: lease is provided");

    /// <summary>More than the allowed operations.</summary>
    public static GrpcStatus TooManyOperations => Invalid("etcdserver: too many operations in txn request");

    /// <summary>One key written twice.</summary>
    public static GrpcStatus DuplicateKey => Invalid("etcdserver: duplicate key given in txn request");

    /// <summary>A sort order or target that does not exist.</summary>
    public static GrpcStatus InvalidSortOption => Invalid("etcdserver: invalid sort option");

    /// <summary>A write over the size limit.</summary>
    public static GrpcStatus RequestTooLarge => Invalid("etcdserver: request is too large");

    /// <summary>The revision is forgotten.</summary>
    public static GrpcStatus Compacted =>
        new(GrpcCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted");

    /// <summary>The revision is not there yet.</summary>
    public static GrpcStatus FutureRevision =>
        new(GrpcCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");

    /// <summary>No such lease.</summary>
    public static GrpcStatus LeaseNotFound => new(GrpcCode.NotFound, "etcdserver: requested lease not found");

    /// <summary>A lease with that id exists.</summary>
    public static GrpcStatus LeaseExists => new(GrpcCode.FailedPrecondition, "etcdserver: lease already exists");

    /// <summary>A lease asks for too long a life.</summary>
    public static GrpcStatus LeaseTtlTooLarge => new(GrpcCode.OutOfRange, "etcdserver: too large lease TTL");

    /// <summary>A queue is full; not done.</summary>
    public static GrpcStatus TooManyRequests => new(GrpcCode.ResourceExhausted, "etcdserver: too many requests");

    /// <summary>The disk is full; not done.</summary>
    public static GrpcStatus NoSpace =>
        new(GrpcCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded");

    /// <summary>Only the leader can do this.</summary>
    public static GrpcStatus NotLeader => new(GrpcCode.FailedPrecondition, "etcdserver: not leader");

    /// <summary>Leadership cannot go there.</summary>
    public static GrpcStatus BadLeaderTransferee =>
        new(GrpcCode.FailedPrecondition, "etcdserver: bad leader transferee");

    /// <summary>Leadership did not arrive in time; it may yet.</summary>
    public static GrpcStatus LeaderTransferTimedOut =>
        new(GrpcCode.Unavailable, "etcdserver: request timed out, leader transfer took too long");

    /// <summary>The state is not to be trusted; not done.</summary>
    public static GrpcStatus Corrupt => new(GrpcCode.DataLoss, "etcdserver: corrupt cluster");

    /// <summary>An alarm or something to do with one that does not exist.</summary>
    public static GrpcStatus UnknownAlarm => Invalid("etcdserver: unknown alarm");

    /// <summary>A web page from elsewhere wanted to use the gateway.</summary>
    public static GrpcStatus ForeignOrigin =>
        new(GrpcCode.PermissionDenied, "etcdserver: web pages from other origins are not allowed here; see --cors");

    /// <summary>A client wanted to prepare for an older release.</summary>
    public static GrpcStatus NoDowngrade =>
        new(GrpcCode.Unimplemented, "etcdserver: downgrade is not supported; keep a snapshot from before an upgrade instead");

    /// <summary>Nobody leads, and the request never left this node; not done.</summary>
    public static GrpcStatus NoLeader => new(GrpcCode.Unavailable, "etcdserver: no leader");

    /// <summary>Unknown whether it was done.</summary>
    public static GrpcStatus TimedOut => new(GrpcCode.Unavailable, "etcdserver: request timed out");

    /// <summary>Unknown whether it was done: this node was cut off from it.</summary>
    public static GrpcStatus ConnectionLost =>
        new(GrpcCode.Unavailable, "etcdserver: request timed out, possibly due to connection lost");

    /// <summary>This node serves nothing; not done.</summary>
    public static GrpcStatus ServerStopped => new(GrpcCode.Unavailable, "etcdserver: server stopped");

    /// <summary>The request's bytes are no such message.</summary>
    public static GrpcStatus Unparsable => new(GrpcCode.Internal, "grpc: error unmarshalling request");

    /// <summary>A watch id that is taken; goes into a watch answer, not into a status.</summary>
    public const string DuplicateWatchId = "mvcc: duplicate watch ID provided on the WatchStream";

    /// <summary>A watch over no keys; goes into a watch answer.</summary>
    public const string EmptyWatchRange = "mvcc: watcher range is empty";

    /// <summary>
    /// How a failure of the node is told. A write that may have been proposed is never answered with words that let a
    /// client take it for not done.
    /// </summary>
    public static GrpcStatus Of(Failure failure) => failure switch
    {
        Failure.TooManyRequests or Failure.LimitExceeded => TooManyRequests,
        Failure.NoLeader => NoLeader,
        Failure.NoSpace => NoSpace,
        Failure.TimedOut => TimedOut,
        Failure.Stopped => ConnectionLost,
        Failure.NotServing => ServerStopped,
        _ => new GrpcStatus(GrpcCode.Unknown, $"etcdserver: {failure}"),
    };

    private static GrpcStatus Invalid(string message) => new(GrpcCode.InvalidArgument, message);
}
