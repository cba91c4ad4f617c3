package io.driftless.indexer;

import io.driftless.path.EntryPath;
import java.util.ArrayList;
import java.util.List;

/**
 * What a piece of work came to.
 *
 * @param entries paths looked at
 * @param changed rows written because the entry differs
 * @param bytesRead bytes of files read and hashed
 * @param noLongerDirectories paths that were directories and are not any more: what was below is to
 *     be looked at
 * @param newDirectories directories seen for the first time
 */
public record Looked(
        long entries,
        long changed,
        long bytesRead,
        List<EntryPath> noLongerDirectories,
        List<EntryPath> newDirectories) {
    static final Looked NOTHING = new Looked(0, 0, 0, List.of(), List.of());

    public Looked {
        noLongerDirectories = List.copyOf(noLongerDirectories);
        newDirectories = List.copyOf(newDirectories);
    }

    /** The sum of the counts; the lists are joined. */
    Looked plus(Looked other) {
        return new Looked(
                entries + other.entries,
                changed + other.changed,
                bytesRead + other.bytesRead,
                joined(noLongerDirectories, other.noLongerDirectories),
                joined(newDirectories, other.newDirectories));
    }

    private static List<EntryPath> joined(List<EntryPath> one, List<EntryPath> other) {
        if (other.isEmpty()) {
            return one;
        }
        List<EntryPath> both = new ArrayList<>(one);
        both.addAll(other);
        return both;
    }

    /** The counts alone, for those who were told of the directories already. */
    Looked countsOnly() {
        return new Looked(entries, changed, bytesRead, List.of(), List.of());
    }
}
