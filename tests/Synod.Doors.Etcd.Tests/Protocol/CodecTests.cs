using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Tests;

/// <summary>The hand-written codecs against the generated ones.</summary>
public sealed class CodecTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Hand_written_readers_read_what_generated_writers_wrote(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var put = RandomPut(random);
            Assert.True(KvRequests.TryReadPut(put.ToByteArray(), out var readPut));
            Assert.Equal(put, Generated(readPut));
            var delete =
                new DeleteRangeRequest { Key = Bytes(random), RangeEnd = Bytes(random), PrevKv = Coin(random) };
            Assert.True(KvRequests.TryReadDelete(delete.ToByteArray(), out var readDelete));
            Assert.Equal(delete, new DeleteRangeRequest
            {
                Key = ByteString.CopyFrom(readDelete.Key), RangeEnd = ByteString.CopyFrom(readDelete.RangeEnd),
                PrevKv = readDelete.WantPrevious,
            });
            var range = RandomRange(random);
            Assert.True(KvRequests.TryReadRange(range.ToByteArray(), out var readRange, out var serializable));
            Assert.Equal(range, Generated(readRange, serializable));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Broken_bytes_are_refused_by_both_or_mean_the_same_to_both(int seed)
    {
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = RandomPut(random).ToByteArray();
            for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            bytes = bytes[..random.Next(bytes.Length + 1)];
            PutRequest? generated = null;
            try
            {
                generated = PutRequest.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
            }
            catch (InvalidProtocolBufferException)
            {
                refused++;
            }
            if (!KvRequests.TryReadPut(bytes, out var put))
            {
                continue; // Refusing more than generated code does (groups) is allowed.
            }
            Assert.NotNull(generated);
            Assert.Equal(generated, Generated(put));
        }
        Assert.True(refused > 0);
    }

    [Fact]
    public void The_last_of_repeated_fields_counts_and_unknown_ones_are_skipped()
    {
        byte[] bytes =
        [
            .. new PutRequest { Key = ByteString.CopyFromUtf8("a") }.ToByteArray(),
            0xfa, 0x07, 2, 1, 2, // field 127, bytes
            0x79, 1, 2, 3, 4, 5, 6, 7, 8, // field 15, fixed64
            0x7d, 1, 2, 3, 4, // field 15, fixed32
            0x08, 5, // the key's number as a varint: another field
            .. new PutRequest { Key = ByteString.CopyFromUtf8("b") }.ToByteArray(),
        ];
        Assert.True(KvRequests.TryReadPut(bytes, out var put));
        Assert.Equal("b"u8.ToArray(), put.Key.ToArray());
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(127UL)]
    [InlineData(128UL)]
    [InlineData(16_383UL)]
    [InlineData(16_384UL)]
    [InlineData(ulong.MaxValue >> 1)]
    [InlineData(ulong.MaxValue)]
    public void A_number_takes_as_many_bytes_as_was_said(ulong value)
    {
        var buffer = new PooledBuffer();
        ProtobufWriter.Varint(buffer, value);
        Assert.Equal(ProtobufWriter.SizeOf(value), buffer.Length);
        var reader = new CodedInputStream(buffer.Written.ToArray());
        Assert.Equal(value, reader.ReadUInt64());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Generated_readers_read_headers_written_by_hand(int seed)
    {
        var random = new Random(seed);
        var answerer = new Answerer((ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.Next());
        var revision = random.NextInt64();
        var buffer = new PooledBuffer();
        var frame = AnswerWriter.BeginFrame(buffer);
        AnswerWriter.Header(buffer, answerer, revision);
        AnswerWriter.EndFrame(buffer, frame);
        var sequence = new System.Buffers.ReadOnlySequence<byte>(buffer.WrittenMemory);
        Assert.Equal(FrameVerdict.Message, GrpcFrame.TryTake(ref sequence, 1_000, out var message, out _));
        Assert.Equal(answerer.Header(revision), PutResponse.Parser.ParseFrom(message).Header);
    }

    [Fact]
    public void Every_error_of_the_store_has_a_status_with_words()
    {
        foreach (var error in Enum.GetValues<StoreError>().Except([StoreError.None]))
        {
            var status = StoreErrors.StatusOf(error);
            Assert.False(status.IsOk);
            Assert.StartsWith("etcdserver: ", status.Message, StringComparison.Ordinal);
        }
        Assert.True(StoreErrors.StatusOf(StoreError.None).IsOk);
    }

    [Theory]
    [InlineData(StoreError.KeyNotProvided, GrpcCode.InvalidArgument, "etcdserver: key is not provided")]
    [InlineData(StoreError.KeyNotFound, GrpcCode.InvalidArgument, "etcdserver: key not found")]
    [InlineData(StoreError.ValueProvided, GrpcCode.InvalidArgument, "etcdserver: value is provided")]
    [InlineData(StoreError.LeaseProvided, GrpcCode.InvalidArgument, "etcdserver: lease is provided")]
    [InlineData(
        StoreError.TooManyOperations, GrpcCode.InvalidArgument, "etcdserver: too many operations in txn request")]
    [InlineData(StoreError.DuplicateKey, GrpcCode.InvalidArgument, "etcdserver: duplicate key given in txn request")]
    [InlineData(StoreError.RequestTooLarge, GrpcCode.InvalidArgument, "etcdserver: request is too large")]
    [InlineData(StoreError.InvalidSortOption, GrpcCode.InvalidArgument, "etcdserver: invalid sort option")]
    [InlineData(StoreError.LeaseNotFound, GrpcCode.NotFound, "etcdserver: requested lease not found")]
    [InlineData(StoreError.Compacted, GrpcCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted")]
    [InlineData(
        StoreError.FutureRevision, GrpcCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision")]
    public void Errors_of_the_store_have_the_exact_words(StoreError error, GrpcCode code, string message) =>
        Assert.Equal(new GrpcStatus(code, message), StoreErrors.StatusOf(error));

    [Theory]
    [InlineData(3, 0)]
    [InlineData(-1, 0)]
    [InlineData(257, 0)]
    [InlineData(0, 5)]
    [InlineData(0, -7)]
    [InlineData(0, 256)]
    public void An_order_or_target_that_does_not_exist_is_an_invalid_sort_option(int order, int target)
    {
        var range = new RangeRequest
        {
            Key = ByteString.CopyFromUtf8("a"),
            SortOrder = (RangeRequest.Types.SortOrder)order,
            SortTarget = (RangeRequest.Types.SortTarget)target,
        };
        Assert.True(KvRequests.TryReadRange(range.ToByteArray(), out var query, out _));
        Assert.Equal(StoreError.InvalidSortOption, KvRequests.Validate(query));
        var command = new PooledBuffer();
        var txn = new TxnRequest { Success = { new RequestOp { RequestRange = range } } };
        Assert.Equal(StoreError.None, TxnCommands.TryWrite(txn, command));
        Assert.Equal(StoreError.InvalidSortOption, CommandValidation.Validate(command.Written, CommandLimits.Default));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(0, 5)]
    [InlineData(-1, 0)]
    public void A_comparison_that_does_not_exist_is_refused(int result, int target)
    {
        var txn = new TxnRequest
        {
            Compare =
            {
                new Compare
                {
                    Key = ByteString.CopyFromUtf8("a"),
                    Result = (Compare.Types.CompareResult)result,
                    Target = (Compare.Types.CompareTarget)target,
                },
            },
        };
        Assert.Equal(StoreError.Malformed, TxnCommands.TryWrite(txn, new PooledBuffer()));
    }

    [Fact]
    public void An_operation_without_content_is_refused_as_key_not_found()
    {
        var command = new PooledBuffer();
        Assert.Equal(StoreError.None, TxnCommands.TryWrite(new TxnRequest { Success = { new RequestOp() } }, command));
        Assert.Equal(StoreError.KeyNotFound, CommandValidation.Validate(command.Written, CommandLimits.Default));
    }

    private static PutRequest RandomPut(Random random) => new()
    {
        Key = Bytes(random), Value = Bytes(random), Lease = Number(random),
        PrevKv = Coin(random), IgnoreValue = Coin(random), IgnoreLease = Coin(random),
    };

    private static PutRequest Generated(in PutOperation put) => new()
    {
        Key = ByteString.CopyFrom(put.Key), Value = ByteString.CopyFrom(put.Value), Lease = put.Lease,
        PrevKv = put.WantPrevious, IgnoreValue = put.KeepValue, IgnoreLease = put.KeepLease,
    };

    private static RangeRequest RandomRange(Random random) => new()
    {
        Key = Bytes(random), RangeEnd = Bytes(random), Limit = Number(random), Revision = Number(random),
        SortOrder = (RangeRequest.Types.SortOrder)random.Next(3),
        SortTarget = (RangeRequest.Types.SortTarget)random.Next(5),
        Serializable = Coin(random), KeysOnly = Coin(random), CountOnly = Coin(random),
        MinModRevision = Number(random), MaxModRevision = Number(random),
        MinCreateRevision = Number(random), MaxCreateRevision = Number(random),
    };

    private static RangeRequest Generated(in RangeQuery query, bool serializable) => new()
    {
        Key = ByteString.CopyFrom(query.Key), RangeEnd = ByteString.CopyFrom(query.RangeEnd),
        Limit = query.Limit, Revision = query.Revision,
        SortOrder = (RangeRequest.Types.SortOrder)query.SortOrder,
        SortTarget = (RangeRequest.Types.SortTarget)query.SortTarget,
        Serializable = serializable, KeysOnly = query.KeysOnly, CountOnly = query.CountOnly,
        MinModRevision = query.MinModRevision, MaxModRevision = query.MaxModRevision,
        MinCreateRevision = query.MinCreateRevision, MaxCreateRevision = query.MaxCreateRevision,
    };

    private static bool Coin(Random random) => random.Next(2) == 0;

    private static long Number(Random random) => random.Next(4) switch
    {
        0 => 0,
        1 => random.Next(200),
        2 => -random.NextInt64(),
        _ => random.NextInt64(),
    };

    private static ByteString Bytes(Random random)
    {
        var bytes = new byte[random.Next(3) == 0 ? 0 : random.Next(300)];
        random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
