package io.driftless.launcher.engine;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * How far the work has come. All numbers are of this run and of all targets together; they never go
 * down.
 *
 * @param entriesDone entries that are as desired by now
 * @param entriesTotal entries to be done as far as known
 * @param bytesDone bytes of files put in place
 * @param bytesTotal bytes to be put in place; empty while they cannot be told
 * @param looked source entries looked at
 */
public record Progress(
        Stage stage,
        long looked,
        long entriesDone,
        OptionalLong entriesTotal,
        long bytesDone,
        OptionalLong bytesTotal) {
    /** Nothing has begun. */
    public static final Progress NONE =
            new Progress(Stage.STARTING, 0, 0, OptionalLong.empty(), 0, OptionalLong.empty());

    /** What is being done, in the order it comes. */
    public enum Stage {
        STARTING,
        SCANNING,
        STORING,
        APPLYING,
        VERIFYING,
        WATCHING,
        STOPPING;

        /** The word for people and machines. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
