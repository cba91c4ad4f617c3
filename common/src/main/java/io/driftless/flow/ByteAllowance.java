package io.driftless.flow;

import java.time.Duration;
import java.time.Instant;

/** So many bytes an hour, a little at a time. For one thread at a time. */
public final class ByteAllowance {
    /** As much of a file as is read before it is asked again whether more may be. */
    public static final long PIECE_BYTES = 8 << 20;

    /** What opening a file costs, as bytes. */
    private static final long LEAST_COST = 4 << 10;

    private static final double MILLIS_PER_HOUR = Duration.ofHours(1).toMillis();
    private static final Duration SAVED_UP = Duration.ofMinutes(1);

    private final double bytesPerMilli;

    /** May be below zero: what was read too much is read less later. */
    private double bytes;

    private Instant counted;

    /**
     * @param now from when on it is counted, on a clock that only goes forward
     */
    public ByteAllowance(long bytesPerHour, Instant now) {
        this.bytesPerMilli = bytesPerHour / MILLIS_PER_HOUR;
        this.counted = now;
    }

    /** A rest saves up no more than what a minute gives. */
    public void passed(Instant now) {
        double more = bytesPerMilli * Duration.between(counted, now).toMillis();
        bytes = Math.min(bytesPerMilli * SAVED_UP.toMillis(), bytes + more);
        counted = now;
    }

    /** True where a piece may be read. */
    public boolean isLeft() {
        return bytes > 0;
    }

    /** A file was opened, and so many bytes of it were read. */
    public void spend(long read) {
        bytes -= Math.max(LEAST_COST, read);
    }
}
