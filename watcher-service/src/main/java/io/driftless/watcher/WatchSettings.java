package io.driftless.watcher;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;

/**
 * Settings of the watch flow.
 *
 * @param quiet repeats for one path within this time are held together
 * @param openWriter a file that is still being written is looked at after this long
 * @param maxPending paths held at most; more collapse to their directories, and those to the root
 * @param firstRetry wait before hints that could not be sent are sent again; doubles up to {@code
 *     longestRetry}
 */
public record WatchSettings(
        Duration quiet,
        Duration openWriter,
        int maxPending,
        Duration firstRetry,
        Duration longestRetry) {
    public WatchSettings {
        if (maxPending < 2) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.watch.max-pending is " + maxPending + ", allowed is 2 and up.");
        }
    }

    public static WatchSettings defaults() {
        return new WatchSettings(
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                50_000,
                Duration.ofMillis(100),
                Duration.ofSeconds(10));
    }
}
