package io.driftless.indexer;

import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.Optional;

/**
 * One path: the row as it was read before the look, and what the look found.
 *
 * @param isLooked false where nobody looked at the path itself: a directory above it is gone
 */
record Sight(Optional<Row> row, Found found, boolean isLooked) {
    /** What a look at the path itself found. */
    Sight(Optional<Row> row, Found found) {
        this(row, found, true);
    }

    EntryPath path() {
        return found.path();
    }

    boolean isGone() {
        return found instanceof Found.Absent
                && row.filter(known -> !(known.state() instanceof State.Removed)).isPresent();
    }

    boolean wasDirectory() {
        return row.flatMap(Row::entry).filter(Entry.DirectoryEntry.class::isInstance).isPresent();
    }

    boolean isDirectory() {
        return found instanceof Found.Present present
                && present.stat().kind() == Stat.Kind.DIRECTORY;
    }

    /** True for a file, new at this path, whose inode the index may know under another path. */
    boolean mayBeMoved() {
        return found instanceof Found.Present present
                && present.stat().kind() == Stat.Kind.FILE
                && row.flatMap(Row::stat).filter(present.stat()::isSameInode).isEmpty();
    }
}
