namespace Synod.Server.Learning;

/// <summary>
/// Waits for the reader before each row: Enter or space for the next one, <c>a</c> for all the rest, <c>q</c> to end.
/// </summary>
internal sealed class StepReader
{
    /// <summary>What the keys are, for the reader.</summary>
    public const string Keys = "Enter or space: next row   a: all the rest   q: quit";

    private readonly Func<char?> _read;
    private bool _isAll;

    /// <summary>Takes what is pressed from somewhere.</summary>
    /// <param name="read">Waits for a key; null at the end of the input.</param>
    public StepReader(Func<char?> read) => _read = read;

    /// <summary>The keys of the terminal; where the input is not one, each line of it stands for a key.</summary>
    public static StepReader OfConsole() => new(Console.IsInputRedirected ? ReadLine : ReadKey);

    /// <summary>Waits; true for another row, false if the reader has had enough.</summary>
    public bool WaitForNext()
    {
        while (!_isAll)
        {
            switch (_read())
            {
                case '\r' or '\n' or ' ':
                    return true;
                // At the end of the input nobody is there to wait for: the rest follows at once.
                case null or 'a' or 'A':
                    _isAll = true;
                    break;
                case 'q' or 'Q' or '\e':
                    return false;
            }
        }
        return true;
    }

    // Without an echo: it would stand in the diagram.
    private static char? ReadKey() => Console.ReadKey(intercept: true).KeyChar;

    private static char? ReadLine() => Console.In.ReadLine() switch
    {
        null => null,
        [var first, ..] => first,
        _ => '\n',
    };
}
