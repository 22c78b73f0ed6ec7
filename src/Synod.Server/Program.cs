using System.CommandLine;
using Synod.Client.Commands;
using Synod.Server.Commands;

var root = new RootCommand("Synod: a replicated store that etcd's clients can use.")
{
    BenchCommand.Create(),
    ClientCommands.Put(),
    ClientCommands.Get(),
    ClientCommands.Delete(),
    ClientCommands.Watch(),
    ClientCommands.Status(),
};
ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0)
{
    string[] words = parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    await Console.Error.WriteLineAsync("synod: " + string.Join(' ', words)).ConfigureAwait(false);
    return ExitCode.Usage;
}
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
