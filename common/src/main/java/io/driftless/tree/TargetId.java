package io.driftless.tree;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;

/** The name of a target, unique in its deployment; same alphabet as a folder id. */
public record TargetId(String value) {
    public TargetId {
        if (!value.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "Target id '"
                            + value
                            + "' is not 1 to 64 of a-z 0-9 . _ -, letter or digit first.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
