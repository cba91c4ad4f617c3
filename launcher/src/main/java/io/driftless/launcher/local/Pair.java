package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.Found;

/** One step of a walk through two trees at once. */
sealed interface Pair {
    EntryPath path();

    /** What one look at the path said of each tree. */
    record Seen(EntryPath path, Found source, Found target) implements Pair {}

    /** A directory that could not be listed in one tree: nothing is said of what is below it. */
    record Closed(EntryPath path, Side side, ErrorCode code, String message) implements Pair {}
}
