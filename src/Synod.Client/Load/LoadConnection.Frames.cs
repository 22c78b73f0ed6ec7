using System.Buffers.Binary;
using System.Globalization;
using Synod.Client.Http2;

namespace Synod.Client.Load;

/// <content>What the server sends: frames one by one, to the end of each request.</content>
internal sealed partial class LoadConnection
{
    private void Take(FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        if (_openHeaders.StreamId != 0 && header.Type != FrameType.Continuation)
        {
            throw new Http2ProtocolException("a header block was left open");
        }
        switch (header.Type)
        {
            case FrameType.Data:
                TakeData(header, payload, now);
                break;
            case FrameType.Headers:
                _openHeaders = header;
                _headerBlock.SetLength(0);
                TakeHeaderPart(header, FrameReader.Content(header, payload), now);
                break;
            case FrameType.Continuation:
                if (_openHeaders.StreamId == 0 || _openHeaders.StreamId != header.StreamId)
                {
                    throw new Http2ProtocolException("a CONTINUATION frame without a header block");
                }
                TakeHeaderPart(header, payload, now);
                break;
            case FrameType.RstStream:
                TakeReset(header.StreamId, ReadNumber(payload, "RST_STREAM"), now);
                break;
            case FrameType.Settings when !header.Has(FrameFlags.Ack):
                TakeSettings(payload);
                break;
            case FrameType.Ping when !header.Has(FrameFlags.Ack):
                _output.Append(new FrameHeader(payload.Length, FrameType.Ping, FrameFlags.Ack, 0), payload);
                break;
            case FrameType.WindowUpdate when header.StreamId == 0:
                _sendWindow += ReadNumber(payload, "WINDOW_UPDATE") & int.MaxValue;
                break;
            case FrameType.GoAway:
                throw GoesAway(payload);
            case FrameType.PushPromise:
                throw new Http2ProtocolException("a PUSH_PROMISE that was switched off");
            default:
                // RFC 9113, §4.1: unknown types are ignored; so are acknowledgements, priorities and streams' windows.
                break;
        }
    }

    private void TakeSettings(ReadOnlySpan<byte> payload)
    {
        _settings.Apply(payload);
        if (_settings.StreamsMax < _slots.Capacity)
        {
            throw new LoadFailure(
                $"{Endpoint.Authority} takes {_settings.StreamsMax} requests at once on a connection, " +
                $"not {_slots.Capacity}: give more connections");
        }
        if (_settings.StreamWindowBytes < _run.Messages.LongestBytes)
        {
            throw new LoadFailure(
                $"{Endpoint.Authority} takes {_settings.StreamWindowBytes} bytes of a request at first, " +
                $"fewer than the {_run.Messages.LongestBytes} needed: give smaller values");
        }
        _output.Append(new FrameHeader(0, FrameType.Settings, FrameFlags.Ack, 0), []);
        _encoder ??= new RequestHeaderEncoder(Endpoint.Authority, _settings.HeaderTableBytes);
        _settingsSeen = true;
    }

    private void TakeData(FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        // Padding counts for flow control too. RFC 9113, §6.9.1.
        _receivedSinceUpdate += payload.Length;
        if (_receivedSinceUpdate > ConnectionWindowBytes / 2)
        {
            SendWindowUpdate(_receivedSinceUpdate);
            _receivedSinceUpdate = 0;
        }
        int slot = _slots.Find(header.StreamId);
        if (slot == StreamSlots.NotFound)
        {
            return;
        }
        _slots.SeeBody(slot, FrameReader.Content(header, payload));
        if (header.Has(FrameFlags.EndStream))
        {
            Finish(slot, now);
        }
    }

    private void TakeHeaderPart(FrameHeader header, ReadOnlySpan<byte> part, long now)
    {
        bool isLast = header.Has(FrameFlags.EndHeaders);
        if (!isLast || _headerBlock.Length > 0)
        {
            if (_headerBlock.Length + part.Length > HeaderBlockBytesMax)
            {
                throw new Http2ProtocolException($"a header block of more than {HeaderBlockBytesMax} bytes");
            }
            _headerBlock.Write(part);
            if (!isLast)
            {
                return;
            }
            part = _headerBlock.GetBuffer().AsSpan(0, (int)_headerBlock.Length);
        }
        FrameHeader opened = _openHeaders;
        _openHeaders = default;
        int slot = _slots.Find(opened.StreamId);
        if (slot == StreamSlots.NotFound)
        {
            // Nobody waits for it, but the header table must follow.
            var ignored = new ResponseHead();
            _decoder.Decode(part, ref ignored);
            return;
        }
        _decoder.Decode(part, ref _slots.Head(slot));
        if (opened.Has(FrameFlags.EndStream))
        {
            Finish(slot, now);
        }
    }

    private void TakeReset(int stream, uint code, long now)
    {
        int slot = _slots.Find(stream);
        if (slot != StreamSlots.NotFound)
        {
            _run.Failed("stream reset: " + Http2Error.Name(code), now);
            _slots.Close(slot);
        }
    }

    private void Finish(int slot, long now)
    {
        ref ResponseHead head = ref _slots.Head(slot);
        if (head.GrpcStatus == 0 && head.HttpStatus == 200)
        {
            _run.Succeeded(_slots.Started(slot), now, _slots.IsMissing(slot));
        }
        else if (head.GrpcStatus != ResponseHead.Absent)
        {
            string name = Etcd.GrpcStatus.Name(head.GrpcStatus);
            _run.Failed(head.GrpcMessage is null ? name : name + ": " + head.GrpcMessage, now);
        }
        else
        {
            _run.Failed(
                head.HttpStatus is 200 or ResponseHead.Absent
                    ? "an answer without grpc-status"
                    : "HTTP status " + head.HttpStatus.ToString(CultureInfo.InvariantCulture),
                now);
        }
        _slots.Close(slot);
    }

    private LoadFailure GoesAway(ReadOnlySpan<byte> payload)
    {
        const int FixedBytes = 8;
        if (payload.Length < FixedBytes)
        {
            throw new Http2ProtocolException("a GOAWAY frame too short");
        }
        string code = Http2Error.Name(BinaryPrimitives.ReadUInt32BigEndian(payload[4..]));
        string detail = System.Text.Encoding.ASCII.GetString(payload[FixedBytes..]);
        return new LoadFailure($"{Endpoint.Authority} goes away: {code}{(detail.Length > 0 ? ", " + detail : "")}");
    }

    private static uint ReadNumber(ReadOnlySpan<byte> payload, string frame) =>
        payload.Length == sizeof(uint)
            ? BinaryPrimitives.ReadUInt32BigEndian(payload)
            : throw new Http2ProtocolException($"a {frame} frame of {payload.Length} bytes");
}
