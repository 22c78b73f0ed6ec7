using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Synod.Wire;

/// <summary>
/// The sentence with which one node tells another why it ends a connection: UTF-8, cut at
/// <see cref="BytesMax"/>. It goes into the other's log, so control characters are made harmless when it is read.
/// </summary>
public static class RefusalText
{
    /// <summary>The longest text, in bytes; the rest is cut off.</summary>
    public const int BytesMax = 512;

    private const char Harmless = '?';

    /// <summary>The text as bytes, cut at a character's end.</summary>
    public static byte[] Write(string text)
    {
        Span<byte> bytes = stackalloc byte[BytesMax];
        _ = Utf8.FromUtf16(text, bytes, out _, out int written, replaceInvalidSequences: true);
        return bytes[..written].ToArray();
    }

    /// <summary>Reads a text from the other side: whatever it sends comes out as one printable line.</summary>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        char[] text = Encoding.UTF8.GetChars(bytes[..Math.Min(bytes.Length, BytesMax)].ToArray());
        for (int index = 0; index < text.Length; index++)
        {
            if (IsHarmful(char.GetUnicodeCategory(text[index])))
            {
                text[index] = Harmless;
            }
        }
        return text.Length == 0 ? "no reason was given" : new string(text);
    }

    /// <summary>What could begin a line of its own, or turn the direction of the one it stands in.</summary>
    private static bool IsHarmful(UnicodeCategory category) => category is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
