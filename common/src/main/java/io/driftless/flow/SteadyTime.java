package io.driftless.flow;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * Time as it passes, whatever is done to the date: somebody sets the clock, or the machine woke up
 * with a wrong one. For waits and leases; what others are told are dates.
 */
public final class SteadyTime {
    /** So that it begins near zero and not anywhere. */
    private static final long ORIGIN = System.nanoTime();

    private SteadyTime() {}

    /** To be compared with others of the same timer and process only: it is no date. */
    public static Instant of(Scheduler timer) {
        return Instant.EPOCH.plusNanos(timer.now(TimeUnit.NANOSECONDS) - ORIGIN);
    }
}
