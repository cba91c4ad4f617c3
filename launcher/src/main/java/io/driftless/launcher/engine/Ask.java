package io.driftless.launcher.engine;

import java.util.Locale;

/** What a running system can be asked to do now instead of by the clock. */
public enum Ask {
    /** Look at every entry of the sources and of the targets. */
    SCAN,
    /** The same, and read every file at the targets to prove what it holds. */
    RESYNC,
    /** Try at once what failed and waits for its next try. */
    RETRY;

    /** As a part of an address. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
