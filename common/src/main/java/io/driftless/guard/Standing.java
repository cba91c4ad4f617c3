package io.driftless.guard;

import io.driftless.path.EntryPath;

/** A removal that was parked, and what came of it. */
public record Standing(EntryPath path, ApprovalId set, Decision decision) {
    /** What was said of a set. */
    public enum Decision {
        /** Nothing yet. */
        WAITING,
        /** The removals are made, where the paths are still gone. */
        APPROVED,
        /** The paths stay in the folder for as long as they are gone at the source. */
        REJECTED
    }
}
