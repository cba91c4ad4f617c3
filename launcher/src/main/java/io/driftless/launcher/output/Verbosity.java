package io.driftless.launcher.output;

/** How much is said. */
public enum Verbosity {
    /** Only what went wrong. */
    QUIET,
    NORMAL,
    /** Also why. */
    VERBOSE;

    boolean isAtLeast(Verbosity other) {
        return compareTo(other) >= 0;
    }
}
