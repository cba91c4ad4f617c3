package io.driftless.launcher.engine;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.util.Locale;
import java.util.Optional;

/**
 * One path that is not as desired, or that the source could not give.
 *
 * @param target where; empty for an entry of the source that could not be read, is left out or is
 *     not carried over as it is
 * @param kind in what way actual differs from desired
 * @param code why it is so, or {@code NOT_CONVERGED} where nothing but the difference is known
 * @param message what was met, for people; may be empty
 */
public record Deviation(
        FolderId folder,
        Optional<TargetId> target,
        EntryPath path,
        Kind kind,
        ErrorCode code,
        String message) {
    /** In what way a path is not as desired. */
    public enum Kind {
        MISSING,
        EXTRA,
        CONTENT,
        METADATA,
        TYPE,
        PARTIAL,
        /** At the source: one of several names of a file, each of which is a file at targets. */
        SEPARATE,
        /** At the source: not carried over, with the code that says why. */
        SKIPPED;

        /** The word for people and machines. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
