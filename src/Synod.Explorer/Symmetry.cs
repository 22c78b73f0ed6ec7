using Synod.Paxos;

namespace Synod.Explorer;

/// <summary>
/// Puts interchangeable processes in an order that does not depend on their names: ascending by all that the state has
/// of each. A world writes each process's part by itself, asks for the order, and writes the state in it.
/// </summary>
/// <remarks>
/// A part must hold everything that tells one process from another: its memory and disk, messages from it and to it,
/// and its place in other processes' sets, all without its own name. Then processes with equal parts are equal, and
/// their order among themselves does not matter. Where processes know each other by name, parts cannot hold it all: use
/// <see cref="WriteLeast"/>.
/// </remarks>
/// <param name="processes">How many.</param>
public sealed class Symmetry(int processes)
{
    private readonly StateWriter _parts = new();
    private readonly int[] _starts = new int[processes + 1];
    private readonly int[] _order = new int[processes];
    private readonly int[] _newPlaces = new int[processes];
    private int _begun;

    /// <summary>Forgets the parts of the state before.</summary>
    public void Clear()
    {
        _parts.Clear();
        _begun = 0;
    }

    /// <summary>Where to write the part of the next process; begin with that of place 0.</summary>
    public StateWriter NextPart()
    {
        _starts[_begun++] = _parts.Length;
        return _parts;
    }

    /// <summary>The new place of each process, when all parts are written; valid until the next call.</summary>
    public int[] NewPlaces()
    {
        Check.That(_begun == processes);
        _starts[processes] = _parts.Length;
        for (var place = 0; place < processes; place++)
        {
            var at = place;
            while (at > 0 && Part(_order[at - 1]).SequenceCompareTo(Part(place)) > 0)
            {
                _order[at] = _order[at - 1];
                at--;
            }
            _order[at] = place;
        }
        for (var newPlace = 0; newPlace < processes; newPlace++)
        {
            _newPlaces[_order[newPlace]] = newPlace;
        }
        return _newPlaces;
    }

    /// <summary>Which process comes to stand at a new place; after <see cref="NewPlaces"/>.</summary>
    public int At(int newPlace) => _order[newPlace];

    /// <summary>
    /// For any kind of symmetry: writes the state under all its renamings and keeps the one with the least bytes.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="renamings">How many there are.</param>
    /// <param name="writeRenamed">Writes the state under one of them.</param>
    public static void WriteLeast(StateWriter writer, int renamings, Action<StateWriter, int> writeRenamed)
    {
        byte[]? least = null;
        var renamed = new StateWriter();
        for (var renaming = 0; renaming < renamings; renaming++)
        {
            renamed.Clear();
            writeRenamed(renamed, renaming);
            if (least is null || renamed.Written.SequenceCompareTo(least) < 0)
            {
                least = renamed.Written.ToArray();
            }
        }
        least.CopyTo(writer.Take(least!.Length));
    }

    private ReadOnlySpan<byte> Part(int place) => _parts.Written[_starts[place].._starts[place + 1]];
}
