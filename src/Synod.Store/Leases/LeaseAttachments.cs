using Synod.Paxos;

namespace Synod.Store;

/// <summary>
/// Which keys hang on which lease. Each lease has a list that runs through one table of links; a key's newest version
/// knows its link. What a put or a delete does to a lease costs the same however many keys there are.
/// </summary>
internal sealed class LeaseAttachments(StructTable<LeaseRecord> leases, VersionTable versions)
{
    private const int ChunkLog = 9;

    private readonly StructTable<LeaseAttachment> _links = new(ChunkLog);
    private uint _free;

    /// <summary>The number of arrays held.</summary>
    public int Arrays => _links.Arrays;

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes => _links.AllocatedBytes;

    /// <summary>Attaches a key, by its newest version, which names the lease.</summary>
    public void Attach(uint lease, uint version)
    {
        uint number = _free != 0 ? _free : _links.Add();
        ref LeaseAttachment link = ref _links[number];
        _free = number == _free ? link.After : _free;
        ref LeaseRecord record = ref leases[lease];
        link = new LeaseAttachment { Lease = lease, Version = version, After = record.FirstAttachment };
        if (link.After != 0)
        {
            _links[link.After].Before = number;
        }
        record.FirstAttachment = number;
        record.Keys++;
        versions[version].Attachment = number;
    }

    /// <summary>A key that stays with its lease has a newer version.</summary>
    public void Move(uint from, uint to)
    {
        uint number = versions[from].Attachment;
        Check.That(number != 0 && _links[number].Version == from);
        _links[number].Version = to;
        versions[from].Attachment = 0;
        versions[to].Attachment = number;
    }

    /// <summary>Detaches a key, by its newest version.</summary>
    public void Detach(uint version)
    {
        uint number = versions[version].Attachment;
        versions[version].Attachment = 0;
        ref LeaseAttachment link = ref _links[number];
        Check.That(number != 0 && link.Version == version);
        ref LeaseRecord record = ref leases[link.Lease];
        if (link.Before != 0)
        {
            _links[link.Before].After = link.After;
        }
        else
        {
            record.FirstAttachment = link.After;
        }
        if (link.After != 0)
        {
            _links[link.After].Before = link.Before;
        }
        record.Keys--;
        link = new LeaseAttachment { After = _free };
        _free = number;
    }

    /// <summary>The newest versions of a lease's keys, in no order.</summary>
    public void List(uint lease, VersionList into)
    {
        for (uint number = leases[lease].FirstAttachment; number != 0; number = _links[number].After)
        {
            into.Add(_links[number].Version);
        }
    }
}
