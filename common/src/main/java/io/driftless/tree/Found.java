package io.driftless.tree;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import java.util.Optional;

/** The outcome of one look at one path. */
public sealed interface Found {
    EntryPath path();

    /**
     * Something is there.
     *
     * @param target the symlink's bytes; present exactly for symlinks
     * @param mount through which mount it was seen; a number that means nothing once the mount is
     *     gone, and 0 where the system does not say
     */
    record Present(EntryPath path, Stat stat, Optional<LinkTarget> target, long mount)
            implements Found {
        /** Seen by somebody who cannot tell mounts from each other. */
        public Present(EntryPath path, Stat stat, Optional<LinkTarget> target) {
            this(path, stat, target, 0);
        }

        /** True where both are of one file system, seen through one mount as far as is known. */
        public boolean isOnMountOf(Present other) {
            boolean isKnown = mount != 0 && other.mount != 0;
            return stat.device() == other.stat.device() && (!isKnown || mount == other.mount);
        }
    }

    /** Nothing is there: the file system said ENOENT or ENOTDIR. Nothing else counts as absent. */
    record Absent(EntryPath path) implements Found {}

    /** It cannot be told what is there, and nothing may be concluded from that. */
    record Unreadable(EntryPath path, ErrorCode code, String message) implements Found {}
}
