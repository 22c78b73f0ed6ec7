using System.Globalization;

namespace Synod.Storage.Recovery;

/// <summary>What an operator reads when a journal is refused.</summary>
internal static class RefusalText
{
    private const string WhatToDo =
        " This node may have promised what it can no longer read, so it takes no part."
        + " The other members go on without it. Do not delete files here and do not restore a backup: both could make"
        + " it break its word."
        + " Keep a copy of the directory, check the medium, and replace the member.";

    internal static JournalRefusedException Of(RecoveryDecision decision, JournalWalk walk) => new(
        decision,
        decision switch
        {
            RecoveryDecision.RefuseLost =>
                "The journal is gone, or the opening of its first segment is damaged, although one was begun in this"
                + " data directory." + WhatToDo,
            RecoveryDecision.RefuseMark =>
                "The journal's mark file is missing or both of its copies are damaged, so that damage could not be told"
                + " from a torn tail." + WhatToDo,
            RecoveryDecision.RefuseGap => Lost("A segment of the journal is missing or damaged", walk) + WhatToDo,
            _ => Lost("Synced records of the journal are damaged", walk) + WhatToDo,
        });

    internal static JournalRefusedException OtherFormat() => new(
        null,
        "The journal has a format that this version of Synod does not know. Start the version that wrote it.");

    internal static JournalRefusedException Failed(string what, string error) => new(
        null,
        $"Recovery of the journal stopped: {what}: {error}. Nothing was answered. Mend the cause and start again.");

    private static string Lost(string what, JournalWalk walk) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {walk.Place}, but all up to record {walk.SyncedUpTo} were synced. "
        + $"Records {walk.LastNumber + 1} to {Math.Max(walk.SyncedUpTo, walk.LastNumber + 1)} may hold promises, "
        + $"ballot marks and accepted values.");
}
