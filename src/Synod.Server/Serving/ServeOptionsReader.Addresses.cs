using System.Globalization;
using Synod.Paxos;

namespace Synod.Server.Serving;

/// <content>Addresses: where a node listens, where others reach it, and who the others are.</content>
internal sealed partial class ServeOptionsReader
{
    private List<NodeUrl>? ReadUrls(string setting)
    {
        if (_sources.Find(setting) is not { } value)
        {
            return null;
        }
        List<NodeUrl> urls = [];
        foreach (var text in value.Text.Split(','))
        {
            if (!NodeUrl.TryParse(text.Trim(), out var url, out var problem))
            {
                Refuse(setting, problem);
            }
            else if (urls.Contains(url))
            {
                Refuse(setting, $"{url} stands there twice");
            }
            else
            {
                urls.Add(url);
            }
        }
        return urls.Count == 0 ? null : urls;
    }

    private List<NodeUrl>? ReadListenUrls(string setting)
    {
        var urls = ReadUrls(setting);
        foreach (var url in urls ?? [])
        {
            if (!url.IsBindable)
            {
                Refuse(setting, $"{url}: to listen, an IP address or localhost is needed, not a host name");
            }
        }
        return urls;
    }

    private NodeUrl? ReadSingle(List<NodeUrl>? urls, string setting)
    {
        if (urls is { Count: > 1 })
        {
            Refuse(setting, "a node has one peer address, not " + urls.Count.ToString(CultureInfo.InvariantCulture));
        }
        return urls?[0];
    }

    private List<NodeUrl> ReadAdvertiseClients(List<NodeUrl> listenUrls)
    {
        var urls = ReadUrls(ServeSettings.AdvertiseClientUrls);
        if (urls?.Find(url => url.IsWildcard) is { } wildcard)
        {
            Refuse(ServeSettings.AdvertiseClientUrls, $"{wildcard}: clients cannot reach a wildcard address");
        }
        else if (urls is null && listenUrls.Exists(url => url.IsWildcard))
        {
            _errors.Add("--advertise-client-urls is needed when --listen-client-urls has a wildcard address");
        }
        return urls ?? listenUrls;
    }

    private List<InitialMember>? ReadInitialCluster()
    {
        if (_sources.Find(ServeSettings.InitialCluster) is not { } value)
        {
            return null;
        }
        List<InitialMember> members = [];
        foreach (var entry in value.Text.Split(','))
        {
            if (ReadMember(entry.Trim(), members) is { } member)
            {
                members.Add(member);
            }
        }
        if (members.Count > MemberSet.MembersMax)
        {
            Refuse(ServeSettings.InitialCluster, $"more than {MemberSet.MembersMax} members");
        }
        members.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return members;
    }

    private InitialMember? ReadMember(string entry, List<InitialMember> before)
    {
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            Refuse(ServeSettings.InitialCluster, $"\"{entry}\" is not NAME=URL");
            return null;
        }
        var name = entry[..equals];
        if (NameProblem(name) is { } nameProblem)
        {
            Refuse(ServeSettings.InitialCluster, nameProblem);
            return null;
        }
        if (!NodeUrl.TryParse(entry[(equals + 1)..], out var url, out var problem))
        {
            Refuse(ServeSettings.InitialCluster, problem);
            return null;
        }
        if (before.Exists(member => member.Name == name))
        {
            Refuse(ServeSettings.InitialCluster, $"the name {name} stands there twice; a node has one peer address");
            return null;
        }
        if (before.Find(member => member.PeerUrl == url) is { } other)
        {
            Refuse(ServeSettings.InitialCluster, $"{other.Name} and {name} have the same peer URL {url}");
            return null;
        }
        if (url.IsWildcard)
        {
            Refuse(ServeSettings.InitialCluster, $"{url}: other nodes cannot reach a wildcard address");
            return null;
        }
        return new InitialMember(name, url);
    }

    private NodeUrl ReadAdvertisePeer(string name, NodeUrl listenPeer, List<InitialMember>? cluster)
    {
        var given = ReadSingle(
            ReadUrls(ServeSettings.InitialAdvertisePeerUrls), ServeSettings.InitialAdvertisePeerUrls);
        var own = cluster?.Find(member => member.Name == name)?.PeerUrl;
        // An entry that could not be read has its own line already: no second one for the same mistake.
        if (cluster is { Count: > 0 } && own is null && _errors.Count == 0)
        {
            Refuse(ServeSettings.InitialCluster,
                $"this node's name {name} is not among {string.Join(", ", cluster.Select(member => member.Name))}; set --name");
        }
        else if (given is not null && own is not null && given != own)
        {
            Refuse(ServeSettings.InitialCluster,
                $"{name} has the peer URL {own}, but --initial-advertise-peer-urls says {given}");
        }
        var peer = given ?? own ?? listenPeer;
        if (peer.IsWildcard)
        {
            _errors.Add(given is null
                ? "--initial-advertise-peer-urls is needed when --listen-peer-urls has a wildcard address"
                : $"--initial-advertise-peer-urls: {given}: other nodes cannot reach a wildcard address");
        }
        return peer;
    }
}
