using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Synod.Server.CommandLine;

/// <summary>The library's help with something to copy below it: people learn a command line from examples.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private const int WidthMax = 110;
    private readonly HelpAction _help;
    private readonly Command _command;
    private readonly string _examples;

    private HelpWithExamples(HelpAction help, Command command, string examples)
    {
        _help = help;
        _command = command;
        _examples = examples;
        _help.MaxWidth = WidthMax;
    }

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives the command examples, shown below its help.</summary>
    public static void AddTo(Command command, string examples)
    {
        var option = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (option is null)
        {
            // The subcommands have the root's already, and would list it twice.
            option = new HelpOption { Recursive = false };
            command.Add(option);
        }
        option.Action = new HelpWithExamples((HelpAction)option.Action!, command, examples);
    }

    /// <summary>
    /// Takes what follows the first paragraph of the command's description for its examples: in the list of all commands
    /// there is room for one sentence.
    /// </summary>
    public static void MoveFromDescription(Command command)
    {
        var paragraphs = (command.Description ?? "").Split("\n\n", 2);
        if (paragraphs.Length == 2)
        {
            command.Description = paragraphs[0].Replace('\n', ' ');
            AddTo(command, "Examples:\n" + paragraphs[1]);
        }
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var result = _help.Invoke(parseResult);
        // The root's help option is inherited by commands without examples of their own: then these are not theirs.
        if (parseResult.CommandResult.Command == _command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(_examples);
        }
        return result;
    }
}
