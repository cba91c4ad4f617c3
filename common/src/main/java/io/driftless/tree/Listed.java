package io.driftless.tree;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;

/** One step of a walk. */
public sealed interface Listed {
    EntryPath path();

    /** A name that a finished listing of its directory holds. */
    record Name(EntryPath path, Stat.Kind kind) implements Listed {}

    /** A directory that could not be listed to its end: nothing is known of what lies below it. */
    record Unlistable(EntryPath path, ErrorCode code, String message) implements Listed {}
}
