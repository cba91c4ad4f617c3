package io.driftless.flow;

import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * How long to wait between tries of what may pass by itself.
 *
 * @param first before the second try; doubles from try to try
 * @param longest and no longer than this
 * @param jitter part of each wait that is left to chance, 0 to 1, so that many do not try at once
 */
public record Backoff(Duration first, Duration longest, double jitter) {
    public static final Backoff DEFAULT =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), 0.5);

    /** Tries for ever while the failure is one that may pass; {@code before} hears of each. */
    public Retry forEver(Scheduler timer, Consumer<SyncException> before) {
        return forEver(timer, SyncException::isTransient, before);
    }

    /** Tries for ever while the failure is one of these. */
    public Retry forEver(
            Scheduler timer, Predicate<SyncException> which, Consumer<SyncException> before) {
        return Retry.backoff(Long.MAX_VALUE, first)
                .maxBackoff(longest)
                .jitter(jitter)
                .scheduler(timer)
                .filter(failure ->
                        FirstFailure.of(failure) instanceof SyncException sync && which.test(sync))
                .doBeforeRetry(
                        retry -> before.accept((SyncException) FirstFailure.of(retry.failure())));
    }

    /** The wait after this many failures in a row, without chance. */
    public Duration after(int failures) {
        return WorkLoop.backoff(failures, first, longest);
    }
}
