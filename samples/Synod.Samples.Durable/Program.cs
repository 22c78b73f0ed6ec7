// A member of single-decree Paxos whose state outlives the process. Run it twice with the same directory: the second
// life knows what the first one promised, and never uses a ballot of it again.
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;
using Synod.Storage.Disks;
using Synod.Storage.Durable;

var directory = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "synod-durable-sample");
Directory.CreateDirectory(directory);
using var locked = new LockedDirectory(directory); // a second process at the same time is refused
using var disk = locked.OpenDisk();
var store = new AlternatingStore(disk, "member");
var cluster = Configuration.OfMajority(3);
var member = new Member(new NodeId(1), 1, cluster, Load(store));
Console.WriteLine($"promised {member.State.Acceptor.Promised}, used up to {member.State.Mark.Ballot}");

// Somebody asks for a promise. The outbox holds the answer until exactly its record is on the disk.
var outbox = new Outbox<MemberState, Promise>(member.State);
var asked = member.State.Acceptor.Promised.NextFor(new NodeId(2), 1);
outbox.Add(member.Step(new Prepare(asked)).Reply!.Value);
Check.That(!outbox.TryTake(out _));
while (outbox.TryBeginWrite(out var record))
{
    store.Save(BytesOf(record), wait: () => Thread.Yield());
    outbox.Written();
}
Check.That(outbox.TryTake(out var promise));
Console.WriteLine($"promises {promise.Ballot} to {promise.Ballot.Node}, and the disk knows");
return 0;

static MemberState Load(AlternatingStore store)
{
    if (store.State is not { } bytes)
    {
        return default; // never saved: a new member
    }
    var reader = new StateReader(bytes);
    return MemberState.Read(ref reader);
}

static byte[] BytesOf(MemberState state)
{
    var writer = new StateWriter();
    state.Write(writer);
    return writer.Written.ToArray();
}
