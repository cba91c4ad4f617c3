package io.driftless.tree;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;

/**
 * A file time, as file systems keep it.
 *
 * @param seconds since 1970-01-01T00:00:00Z, negative before it
 * @param nanos 0 to 999,999,999, forward from {@code seconds}
 */
public record Timestamp(long seconds, int nanos) implements Comparable<Timestamp> {
    public static final Timestamp EPOCH = new Timestamp(0, 0);

    public Timestamp {
        if (nanos < 0 || nanos > 999_999_999) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "Nanoseconds are 0 to 999,999,999, not " + nanos + ".");
        }
    }

    @Override
    public int compareTo(Timestamp other) {
        int order = Long.compare(seconds, other.seconds);
        return order != 0 ? order : Integer.compare(nanos, other.nanos);
    }
}
