package io.driftless.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * When the target is scanned: at the start, when asked for, and by the clock. From one beginning to
 * the next it is a little less than the interval, never more unless a scan takes longer than half
 * of it: after a scan comes a rest as long as it took. A scan that failed is due again.
 */
final class ScanClock {
    /** Agents that were started together part by and by. */
    private static final double MOST_EARLY = 0.1;

    private static final double RANDOM_RANGE = 1L << 24;

    private final AgentContext context;
    private boolean isAsked = true;
    private boolean isUnderWay;
    private Instant begun = Instant.MIN;
    private Instant next = Instant.MIN;

    ScanClock(AgentContext context) {
        this.context = context;
    }

    void ask() {
        isAsked = true;
    }

    boolean isDue() {
        return isAsked || isUnderWay || !context.steady().isBefore(next);
    }

    /** What is asked for from now on asks for the scan after this one. */
    void begin() {
        isAsked = false;
        isUnderWay = true;
        begun = context.steady();
    }

    void end() {
        isUnderWay = false;
        Instant now = context.steady();
        Duration took = Duration.between(begun, now);
        Instant byTheClock = begun.plus(interval());
        Instant rested = now.plus(took);
        next = byTheClock.isAfter(rested) ? byTheClock : rested;
    }

    private Duration interval() {
        Duration most = context.settings().checks().scanEvery();
        double random = (context.ids().get().getMostSignificantBits() >>> 40) / RANDOM_RANGE;
        return most.minusMillis((long) (most.toMillis() * MOST_EARLY * random));
    }
}
