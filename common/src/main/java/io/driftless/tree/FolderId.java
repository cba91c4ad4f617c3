package io.driftless.tree;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;

/**
 * The name of a folder, chosen by its owner: 1 to 64 of {@code a-z 0-9 - _ .}, beginning with a
 * letter or digit.
 */
public record FolderId(String value) {
    public FolderId {
        if (!value.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "Folder id '"
                            + value
                            + "' is not 1 to 64 of a-z 0-9 . _ -, letter or digit first.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
