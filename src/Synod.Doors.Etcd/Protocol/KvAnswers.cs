using Synod.Doors.Etcd.Hosting;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>Writes the answers to commands.</summary>
internal static class KvAnswers
{
    /// <summary>Writes the answer's frame, or returns why there is none.</summary>
    public static GrpcStatus Write(StoreOutcome outcome, PooledBuffer answer, in Answerer answerer)
    {
        switch (outcome)
        {
            case ErrorOutcome error:
                return StoreErrors.StatusOf(error.Error);
            case PutOutcome { Previous: null }:
                // By far the most frequent: nothing but a header.
                var frame = AnswerWriter.BeginFrame(answer);
                AnswerWriter.Header(answer, answerer, outcome.Revision);
                AnswerWriter.EndFrame(answer, frame);
                return GrpcStatus.Ok;
            case PutOutcome put:
                AnswerWriter.Frame(answer, OutcomeAnswers.Answer(put, answerer.Header(outcome.Revision)));
                return GrpcStatus.Ok;
            case DeleteOutcome delete:
                AnswerWriter.Frame(answer, OutcomeAnswers.Answer(delete, answerer.Header(outcome.Revision)));
                return GrpcStatus.Ok;
            case TxnOutcome txn:
                AnswerWriter.Frame(answer, OutcomeAnswers.Answer(txn, answerer.Header(outcome.Revision)));
                return GrpcStatus.Ok;
            case CompactOutcome:
                AnswerWriter.Frame(answer, new CompactionResponse { Header = answerer.Header(outcome.Revision) });
                return GrpcStatus.Ok;
            default:
                return new GrpcStatus(GrpcCode.Internal, $"etcdserver: no answer for {outcome.GetType().Name}");
        }
    }
}
