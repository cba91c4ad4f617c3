package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;

/**
 * How much a target's trash keeps.
 *
 * @param maxAge what is older goes
 * @param maxBytes the oldest goes while files in it have more bytes than this
 */
public record TrashLimits(Duration maxAge, long maxBytes) {
    /** A week, 10 GiB. */
    public static final TrashLimits DEFAULT = new TrashLimits(Duration.ofDays(7), 10L << 30);

    public TrashLimits {
        if (maxAge.isNegative() || maxBytes < 0) {
            throw new SyncException(ErrorCode.BAD_SETTING, "Trash limits cannot be negative.");
        }
    }
}
