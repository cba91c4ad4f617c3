package io.driftless.reconciler;

import io.driftless.reconciler.Schedule.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * When the source is scanned in full: at the start, when asked for, and by a schedule that may
 * change at any time. Safe for several threads.
 */
final class RunClock {
    /** A date may be set while this waits for one. */
    private static final Duration LOOKS_AGAIN = Duration.ofMinutes(1);

    private static final Duration SHORTEST_REST = Duration.ofMillis(1);
    private static final double RANDOM_RANGE = 1L << 24;

    private final ReconcileContext context;
    private Schedule schedule;
    private Optional<Ended> last = Optional.empty();
    private boolean isAsked;
    private boolean isUnderWay;

    /** The end of a run, and the chance that the wait after it goes by. */
    private record Ended(Moment time, double random) {}

    RunClock(ReconcileContext context) {
        this.context = context;
        this.schedule = context.settings().sourceRuns();
    }

    synchronized void schedule(Schedule next) {
        schedule = next;
    }

    /** Has a run be due. */
    synchronized void ask() {
        isAsked = true;
    }

    synchronized boolean isDue() {
        return untilNext().isZero();
    }

    /** What is asked for from now on asks for the run after this one. */
    synchronized void begin() {
        isAsked = false;
        isUnderWay = true;
    }

    /**
     * @param run its id, which is random or comes from a seed
     */
    synchronized void end(UUID run) {
        isUnderWay = false;
        double random = (run.getMostSignificantBits() >>> 40) / RANDOM_RANGE;
        last = Optional.of(new Ended(now(), random));
    }

    /** How long to rest at most before asking whether a run is due. */
    synchronized Duration rest() {
        Duration wait = untilNext();
        if (wait.compareTo(SHORTEST_REST) < 0) {
            return SHORTEST_REST;
        }
        return wait.compareTo(LOOKS_AGAIN) < 0 ? wait : LOOKS_AGAIN;
    }

    /** When the next run is due; empty while one is, or is under way. */
    synchronized Optional<Instant> next() {
        Duration wait = untilNext();
        return isUnderWay || wait.isZero()
                ? Optional.empty()
                : Optional.of(context.now().plus(wait));
    }

    private Duration untilNext() {
        return isAsked
                ? Duration.ZERO
                : last.map(end -> schedule.untilNext(now(), end.time(), end.random()))
                        .orElse(Duration.ZERO);
    }

    private Moment now() {
        return new Moment(context.now(), context.steady());
    }
}
