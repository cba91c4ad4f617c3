package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.DurationText;
import java.time.Duration;

/**
 * How long the block store keeps what no folder holds any more.
 *
 * @param time commits stay for so long
 * @param commits and so many of the newest whatever their age
 * @param grace from no longer needed to deleted
 */
public record RetentionSettings(Duration time, int commits, Duration grace) {
    private static final Duration MIN_GRACE = Duration.ofSeconds(1);

    public static final RetentionSettings DEFAULT =
            new RetentionSettings(Duration.ofHours(24), 100, Duration.ofHours(24));

    public RetentionSettings {
        if (commits < 1) {
            throw bad("commits", commits, "1 or more");
        }
        if (grace.compareTo(MIN_GRACE) < 0) {
            throw bad("grace", grace, MIN_GRACE + " or more");
        }
    }

    /** What the file says, and the default for the rest. */
    static RetentionSettings of(YamlMap file) {
        file.allow("time", "commits", "grace");
        return new RetentionSettings(
                file.text("time")
                        .map(text -> DurationText.parse(file.keyOf("time"), text))
                        .orElse(DEFAULT.time()),
                file.number("commits")
                        .map(number -> Math.clamp(number, 0, Integer.MAX_VALUE))
                        .orElse(DEFAULT.commits()),
                file.text("grace")
                        .map(text -> DurationText.parse(file.keyOf("grace"), text))
                        .orElse(DEFAULT.grace()));
    }

    private static SyncException bad(String key, Object value, String allowed) {
        return new SyncException(
                ErrorCode.BAD_SETTING,
                "driftless.retention.%s is %s but must be %s.".formatted(key, value, allowed));
    }
}
