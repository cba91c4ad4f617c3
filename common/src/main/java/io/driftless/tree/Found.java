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
     */
    record Present(EntryPath path, Stat stat, Optional<LinkTarget> target) implements Found {}

    /** Nothing is there: the file system said ENOENT or ENOTDIR. Nothing else counts as absent. */
    record Absent(EntryPath path) implements Found {}

    /** It cannot be told what is there, and nothing may be concluded from that. */
    record Unreadable(EntryPath path, ErrorCode code, String message) implements Found {}
}
