using System.CommandLine;
using System.Globalization;
using Synod.Client.Commands;
using Synod.Client.Etcd;

namespace Synod.Server.Commands;

/// <summary>
/// The command-line bindings of the small clients: what they do stands in <see cref="ClientActions"/>.
/// </summary>
internal static class ClientCommands
{
    private const double TimeoutSecondsDefault = 5;
    private const string EndpointsVariable = "SYNOD_ENDPOINTS";
    private const string EndpointsDefault = "http://127.0.0.1:2379";

    /// <summary>`synod put`.</summary>
    public static Command Put()
    {
        var key = new Argument<string>("key") { Description = "The key." };
        var value = new Argument<string?>("value")
        {
            Description = "The value; read from standard input where it is left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("put", "Write one key.\n\n  synod put greeting hello\n  date | synod put now") { key,
            value };
        Bind(command, async (parsed, actions, cancellation) =>
        {
            string text = parsed.GetValue(value) ?? await Console.In.ReadToEndAsync(cancellation).ConfigureAwait(false);
            return await actions.PutAsync(parsed.GetRequiredValue(key), text, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>`synod get`.</summary>
    public static Command Get()
    {
        var key = new Argument<string>("key") { Description =
            "The key, or with --prefix the start of keys (\"\" for all)." };
        Option<bool> prefix = Prefix();
        Option<bool> json = Json();
        var revision = Number("--rev", "Read the store as it was at this revision (0: now).");
        var limit = Number("--limit", "Print at most so many keys (0: all).");
        var keysOnly = new Option<bool>("--keys-only") { Description = "Leave the values out." };
        var serializable = new Option<bool>("--serializable")
        {
            Description = "Take the word of the asked node alone: works without a majority, may be out of date.",
        };
        var command = new Command(
            "get",
            "Print keys and values, a line each. A key that is not there prints nothing.\n\n" +
            "  synod get greeting\n  synod get --prefix users/ --keys-only --limit 10")
        {
            key, prefix, revision, limit, keysOnly, serializable, json,
        };
        Bind(command, (parsed, actions, cancellation) => actions.GetAsync(
            new GetOptions(parsed.GetRequiredValue(key))
            {
                Prefix = parsed.GetValue(prefix),
                Revision = parsed.GetValue(revision),
                Limit = parsed.GetValue(limit),
                KeysOnly = parsed.GetValue(keysOnly),
                Serializable = parsed.GetValue(serializable),
                Json = parsed.GetValue(json),
            },
            cancellation));
        return command;
    }

    /// <summary>`synod del`.</summary>
    public static Command Delete()
    {
        var key = new Argument<string>("key") { Description = "The key, or with --prefix the start of keys." };
        Option<bool> prefix = Prefix();
        var command = new Command("del", "Delete a key, or with --prefix all keys that begin with it.") { key, prefix };
        Bind(command, (parsed, actions, cancellation) =>
            actions.DeleteAsync(parsed.GetRequiredValue(key), parsed.GetValue(prefix), cancellation));
        return command;
    }

    /// <summary>`synod watch`.</summary>
    public static Command Watch()
    {
        var key = new Argument<string>("key") { Description =
            "The key, or with --prefix the start of keys (\"\" for all)." };
        Option<bool> prefix = Prefix();
        Option<bool> json = Json();
        var revision = Number("--rev", "Begin with the changes of this revision (0: from now on).");
        var command = new Command(
            "watch",
            "Print changes as they happen, until Ctrl-C: PUT or DELETE, the key, after a put the value. Goes on at another\n" +
            "endpoint when a connection breaks, without gap or repetition.\n\n  synod watch --prefix users/ --rev 1")
        {
            key, prefix, revision, json,
        };
        Bind(command, (parsed, actions, cancellation) => actions.WatchAsync(
            parsed.GetRequiredValue(key), parsed.GetValue(prefix), parsed.GetValue(revision), parsed.GetValue(json),
                cancellation));
        return command;
    }

    /// <summary>`synod status`.</summary>
    public static Command Status()
    {
        Option<bool> json = Json();
        var command = new Command(
            "status",
            "Print a table of all members of the cluster: which etcd each answers as (VERSION), who leads, which ballot round\n" +
            "(TERM), how far each has come (INDEX). One that does not answer is marked, and makes the exit code 1.\n\n" +
            "  synod status --endpoints 10.0.0.1:2379") { json };
        Bind(
            command, (parsed, actions, cancellation) => actions.StatusAsync(parsed.GetValue(json), cancellation),
            "Client addresses, with commas between. All are asked, and the first that answers says who else is a member.");
        return command;
    }

    /// <summary>The endpoints option that all clients and the load generator have.</summary>
    public static Option<IReadOnlyList<Uri>> EndpointsOption(
        string which = "Client addresses, with commas between, tried in order.") => new("--endpoints")
    {
        Description = $"{which} The default is what ${EndpointsVariable} says, if it is set.",
        HelpName = "host:port,...",
        CustomParser = result =>
        {
            try
            {
                return EtcdEndpoints.Parse(string.Join(',', result.Tokens.Select(token => token.Value)));
            }
            catch (FormatException exception)
            {
                result.AddError($"--endpoints: {exception.Message}");
                return null;
            }
        },
        DefaultValueFactory = result =>
        {
            try
            {
                return EtcdEndpoints.Parse(Environment.GetEnvironmentVariable(EndpointsVariable) ?? EndpointsDefault);
            }
            catch (FormatException exception)
            {
                result.AddError($"{EndpointsVariable}: {exception.Message}");
                return [];
            }
        },
    };

    /// <summary>Refuses numbers outside of what the option takes. What is no number at all is refused by the parser
    /// itself.</summary>
    public static void Bound<T>(Option<T> option, Predicate<T> isAllowed, string otherwise)
        where T : IParsable<T>
    {
        option.Validators.Add(result =>
        {
            string? text = result.Tokens.Count == 1 ? result.Tokens[0].Value : null;
            if (T.TryParse(text, CultureInfo.InvariantCulture, out T? value) && !isAllowed(value))
            {
                result.AddError($"{option.Name} {otherwise}");
            }
        });
    }

    private static void Bind(
        Command command, Func<ParseResult, ClientActions, CancellationToken, Task<int>> action, string? whichEndpoints = null)
    {
        Option<IReadOnlyList<Uri>> endpoints = whichEndpoints is null ? EndpointsOption() : EndpointsOption(whichEndpoints);
        var timeout = new Option<double>("--timeout")
        {
            Description = "Seconds that one endpoint may take for an answer.",
            HelpName = "seconds",
            DefaultValueFactory = _ => TimeoutSecondsDefault,
        };
        Bound(timeout, value => value is > 0 and <= 3600, "must be above 0 and at most 3600 seconds");
        command.Add(endpoints);
        command.Add(timeout);
        command.SetAction((parsed, cancellation) =>
        {
            var actions = new ClientActions(
                parsed.GetRequiredValue(endpoints), TimeSpan.FromSeconds(parsed.GetValue(timeout)), Console.Out,
                    Console.Error);
            return action(parsed, actions, cancellation);
        });
    }

    private static Option<bool> Prefix() => new("--prefix") { Description = "All keys that begin with the key." };

    private static Option<bool> Json() => new("--json") { Description = "Print JSON, one object a line." };

    private static Option<long> Number(string name, string description)
    {
        var option = new Option<long>(name) { Description = description };
        Bound(option, value => value >= 0, "must not be negative");
        return option;
    }
}
