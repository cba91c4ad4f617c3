package io.driftless.watcher;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.Backoff;
import java.time.Duration;

/**
 * Settings of the watch flow.
 *
 * @param quiet repeats for one path within this time are held together
 * @param openWriter a file that is still being written is looked at after this long
 * @param maxPending paths held at most; more collapse to their directories, and those to the root
 * @param backoff between tries to send hints
 */
public record WatchSettings(Duration quiet, Duration openWriter, int maxPending, Backoff backoff) {
    public WatchSettings {
        if (maxPending < 2) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.watch.max-pending is " + maxPending + ", allowed is 2 and up.");
        }
    }

    public static WatchSettings defaults() {
        return new WatchSettings(
                Duration.ofMillis(50), Duration.ofSeconds(1), 50_000, Backoff.DEFAULT);
    }

    public WatchSettings withBackoff(Backoff other) {
        return new WatchSettings(quiet, openWriter, maxPending, other);
    }
}
