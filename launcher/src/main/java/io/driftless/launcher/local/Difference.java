package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.plan.Action;

/** What was met where two trees are not the same, or cannot be compared. */
sealed interface Difference {
    EntryPath path();

    /**
     * The target is not as the source wants it.
     *
     * @param action what makes it so
     * @param isThere true where something is at the path, of whatever kind
     */
    record ToDo(Action action, boolean isThere) implements Difference {
        @Override
        public EntryPath path() {
            return action.path();
        }
    }

    /** It cannot be told, because one tree does not show it. */
    record Untold(EntryPath path, Side side, ErrorCode code, String message)
            implements Difference {}
}
