using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Synod.Paxos;

/// <summary>
/// Invariants that hold in every build. A violation faults the replica, which reports and stops:
/// going on with a broken invariant could choose two values.
/// </summary>
public static class Check
{
    /// <summary>Throws <see cref="InvariantViolatedException"/> unless <paramref name="condition"/> holds.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="expression">The condition's own text, filled in by the compiler.</param>
    /// <exception cref="InvariantViolatedException">It does not hold; the message has the expression.</exception>
    public static void That(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        if (!condition)
        {
            Fail(expression);
        }
    }

    /// <summary>Faults always: for branches that must not be reached.</summary>
    /// <param name="what">What was reached; stands in the message.</param>
    /// <exception cref="InvariantViolatedException">Always.</exception>
    [DoesNotReturn]
    public static void Fail(string what) => throw new InvariantViolatedException(what);
}

/// <summary>An invariant did not hold. Never caught to go on; the replica that threw it is faulted for good.</summary>
public sealed class InvariantViolatedException(string what) : Exception($"Invariant violated: {what}");
