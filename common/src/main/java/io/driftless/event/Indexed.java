package io.driftless.event;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.util.List;

/**
 * "These rows are dirty." The rows are the truth.
 *
 * @param directory the directory that holds all the paths
 * @param rows 1 to {@link Hint#MAX_PATHS}
 */
public record Indexed(FolderId folder, EntryPath directory, List<RowVersion> rows)
        implements Event {
    /** A row as it was when this was said. */
    public record RowVersion(EntryPath path, Version version) {}

    public Indexed {
        rows = List.copyOf(rows);
        if (rows.isEmpty() || rows.size() > Hint.MAX_PATHS) {
            throw new SyncException(
                    ErrorCode.MESSAGE_MALFORMED,
                    "An indexed record cannot have " + rows.size() + " rows.");
        }
        for (RowVersion row : rows) {
            if (!row.path().parent().equals(directory)) {
                throw new SyncException(
                        ErrorCode.MESSAGE_MALFORMED,
                        row.path() + " is not directly in " + directory + ".");
            }
        }
    }

    @Override
    public String key() {
        return folder + "/" + directory;
    }
}
