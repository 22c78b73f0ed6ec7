using Synod.Paxos;
using Synod.Ports;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <content>One append and one sync of all batches that wait, and the mark that says how far that was done.</content>
public sealed partial class Journal
{
    private bool StartWrite(Instant now)
    {
        if (!TakeBatch(now))
        {
            return false;
        }
        SetOldestUnsynced(_heldSince);
        var present = _segments.Present;
        if (!FitsBehind(0, present.Room, present.Alignment))
        {
            if (!_segments.NextIsReady)
            {
                return false; // it is being made, or there is no space: the batch waits
            }
            _segments.Enter();
            present = _segments.Present;
            _trimmer.Enter(present.Number);
            _write.Begin(present.Number, 0, present.Alignment);
            _write.AppendOpening(_syncedUpTo, _trimmer.OldestNeeded, _carry.AsSpan(0, _carryLength));
        }
        else
        {
            _write.Begin(present.Number, present.Position, present.Alignment);
        }
        do
        {
            CopyHeld();
        }
        while (TakeBatch(now)
            && _write.Length + _held!.SizeInBytes <= _options.WriteBytesMax
            && FitsBehind(_write.Length, present.Room, present.Alignment));
        var bytes = _write.Finish(_syncedUpTo);
        _segments.Advance(bytes.Length);
        _trimmer.Wrote(_write.LastNumber, _write.HighestKey);
        _writeId = ++_lastRequestId;
        _disk.Submit(new DiskRequest(
            _writeId, DiskOperation.WriteAndSync, _segments.PresentName, _write.Offset, bytes, 0));
        return true;
    }

    private bool TakeBatch(Instant now)
    {
        while (_held is null && _mailboxes.Batches.TryTake(out var batch))
        {
            if (batch.Count == 0)
            {
                KeepCarry(batch);
                GiveBack(batch);
                continue;
            }
            Check.That(batch.FirstNumber == _lastNumber + 1);
            _lastNumber = batch.LastNumber;
            _held = batch;
            _heldSince = now;
        }
        return _held is not null;
    }

    private bool FitsBehind(int before, long room, int alignment) =>
        WriteBuffer.RoundUp(before + _held!.SizeInBytes, alignment) <= room;

    private void CopyHeld()
    {
        var batch = _held!;
        _held = null;
        _write.Append(batch.Bytes);
        KeepCarry(batch);
        GiveBack(batch);
    }

    private void KeepCarry(JournalBatch batch)
    {
        if (batch.HasCarry)
        {
            _carry = _carry.Length < batch.Carry.Length ? new byte[batch.Carry.Length] : _carry;
            batch.Carry.CopyTo(_carry);
            _carryLength = batch.Carry.Length;
            _trimmer.LetGo(batch.LetGoUpTo);
            _index.Drop(batch.LetGoGroup, batch.LetGoUpTo);
        }
    }

    private void GiveBack(JournalBatch batch)
    {
        batch.Clear();
        _mailboxes.Spent.TryPost(batch); // a full pool leaves it to the collector
    }

    private void DropBatches()
    {
        if (_held is not null)
        {
            GiveBack(_held);
            _held = null;
        }
        while (_mailboxes.Batches.TryTake(out var batch))
        {
            GiveBack(batch); // never to be persisted; its owner learns it from the fault
        }
    }

    /// <summary>
    /// The mark of its own, when the journal is idle; and at once in a new segment, whose loss nothing else would show.
    /// </summary>
    private bool StartMark(Instant now, Instant due)
    {
        if (now < due || due == Instant.Never)
        {
            return false;
        }
        _markUnderWay = new MarkSector(_mark.Sequence + 1, _syncedUpTo, _segments.Present.Number);
        _markUnderWay.WriteTo(_markSector);
        _markId = ++_lastRequestId;
        _disk.Submit(new DiskRequest(
            _markId, DiskOperation.WriteAndSync, SegmentName.MarkFile, _markUnderWay.Offset, _markSector, 0));
        return true;
    }

    private Instant SegmentMarkDue =>
        _mark.Segment < _segments.Present.Number ? new Instant(long.MinValue) : Instant.Never;

    private Instant IdleMarkDue =>
        _mark.SyncedUpTo < _syncedUpTo ? _idleSince + _options.IdleBeforeMark : Instant.Never;

    private void CompleteWrite(in DiskCompletion completion, Instant now)
    {
        Check.That(completion.Id != 0 && (completion.Id == _writeId || completion.Id == _markId));
        if (completion.Error is not null)
        {
            var what = completion.Id == _writeId
                ? "A write or sync of the journal failed"
                : "A write or sync of the journal's mark failed";
            SetFault(what, completion.Error);
            return;
        }
        if (completion.Id == _markId)
        {
            _markId = 0;
            _mark = _markUnderWay;
            _trimmer.OpeningIsSafe(_mark.Segment);
            return;
        }
        _writeId = 0;
        _syncedUpTo = _write.LastNumber; // exactly what was written: a later batch has its own completion
        _write.MoveInto(_index);
        _reports.Took(completion.Took);
        _idleSince = now;
        SetOldestUnsynced(_held is null ? Instant.Never : _heldSince);
    }
}
