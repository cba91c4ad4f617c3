package io.driftless.tree;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;

/**
 * What is carried over of an entry besides its content.
 *
 * @param mode the twelve permission bits, set-id and sticky included; of a symlink always 0777
 * @param uid owner, as the source numbers it
 * @param gid group, as the source numbers it
 * @param modified last modification of the content
 */
public record Metadata(int mode, int uid, int gid, Timestamp modified) {
    public Metadata {
        if ((mode & ~07777) != 0) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "Mode has bits beyond 07777: " + Integer.toOctalString(mode));
        }
    }
}
