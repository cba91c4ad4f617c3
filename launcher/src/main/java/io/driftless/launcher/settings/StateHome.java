package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.file.Path;
import java.util.Map;

/** Where state directories are made that nobody named. */
public final class StateHome {
    private StateHome() {}

    /** {@code $XDG_STATE_HOME/driftless}, or {@code ~/.local/state/driftless}. */
    public static Path of(Map<String, String> environment) {
        String named = environment.getOrDefault("XDG_STATE_HOME", "");
        if (named.startsWith("/")) { // The specification says to ignore relative ones.
            return Path.of(named, "driftless");
        }
        String home = environment.getOrDefault("HOME", "");
        if (!home.startsWith("/")) {
            throw new SyncException(ErrorCode.BAD_USAGE, "HOME is not set, so --state must be.");
        }
        return Path.of(home, ".local", "state", "driftless");
    }
}
