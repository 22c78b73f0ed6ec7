using Synod.Doors.Etcd.Hosting;
using Synod.Store;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>The store's errors in etcd's words.</summary>
internal static class StoreErrors
{
    /// <summary>The status for an error; Ok for none.</summary>
    public static GrpcStatus StatusOf(StoreError error) => error switch
    {
        StoreError.None => GrpcStatus.Ok,
        StoreError.Malformed => new(GrpcCode.InvalidArgument, "etcdserver: malformed request"),
        StoreError.RequestTooLarge => EtcdErrors.RequestTooLarge,
        StoreError.KeyNotProvided => EtcdErrors.EmptyKey,
        StoreError.KeyNotFound => EtcdErrors.KeyNotFound,
        StoreError.ValueProvided => EtcdErrors.ValueProvided,
        StoreError.LeaseProvided => EtcdErrors.LeaseProvided,
        StoreError.LeaseNotFound => EtcdErrors.LeaseNotFound,
        StoreError.TooManyOperations => EtcdErrors.TooManyOperations,
        StoreError.DuplicateKey => EtcdErrors.DuplicateKey,
        StoreError.InvalidSortOption => EtcdErrors.InvalidSortOption,
        StoreError.Compacted => EtcdErrors.Compacted,
        StoreError.FutureRevision => EtcdErrors.FutureRevision,
        StoreError.LeaseExists => EtcdErrors.LeaseExists,
        StoreError.LeaseTtlTooLarge => EtcdErrors.LeaseTtlTooLarge,
        StoreError.TooManyLeases or StoreError.TooManyAlarms => EtcdErrors.TooManyRequests,
        StoreError.NoSpace => EtcdErrors.NoSpace,
        StoreError.Corrupt => EtcdErrors.Corrupt,
        StoreError.UnknownAlarm => EtcdErrors.UnknownAlarm,
        _ => new(GrpcCode.Unknown, $"etcdserver: {error}"),
    };
}
