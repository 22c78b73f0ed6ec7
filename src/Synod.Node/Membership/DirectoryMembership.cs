using Synod.Ports;
using Synod.Storage;

namespace Synod.Node;

/// <summary>Membership in the identity file of the data directory.</summary>
internal sealed class DirectoryMembership(DataDirectory directory, IReadOnlyList<InitialMember> members) : IMembershipStore
{
    public IReadOnlyList<DataIdentity> Identities =>
        directory.Record is { Members.Count: > 0 } record
            ? [.. members.Select(m => record.Members.Single(held => held.Node == m.Id).Identity)]
            : [];

    public bool IsActive => directory.Record is { Active: true };

    public void Save(IReadOnlyList<DataIdentity> identities, bool isActive) =>
        directory.BeginSave(directory.Record! with
        {
            Active = isActive,
            Members = [.. identities.Select((identity, place) => new MemberIdentity(members[place].Id, identity))],
        });

    public bool TryTakeSaved(out string? error)
    {
        var done = directory.Turn();
        error = directory.Fault;
        return done || error is not null;
    }
}
