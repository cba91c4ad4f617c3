package io.driftless.flow;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Whether a service is there, found out by asking it again and again: clients wait and try again by
 * themselves for long, and who only listens to it is told nothing when it is gone. One question
 * that is answered late or not at all proves nothing; two in a row do. So it is known within 8 s
 * that a service went, and with the first answer that it is back.
 */
public final class Presence {
    private static final Duration EVERY = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int MISSES = 2;

    private Presence() {}

    /** What the newest questions came to. */
    private record Seen(int misses, Optional<SyncException> failure) {
        static final Seen NOTHING = new Seen(0, Optional.empty());

        Seen after(Optional<SyncException> next) {
            return new Seen(next.isPresent() ? misses + 1 : 0, next);
        }

        boolean isDecided() {
            return misses == 0 || misses >= MISSES;
        }
    }

    /**
     * Asks until cancelled, and says after each question what is known then: empty where the
     * service is there, else why not. Of a first miss nothing is said.
     *
     * @param name of the service, as people call it
     * @param question fails with an expected failure where it is not answered; must not block
     */
    public static Flux<Optional<SyncException>> of(
            String name, Mono<Void> question, Scheduler timer) {
        return Flux.interval(Duration.ZERO, EVERY, timer)
                .onBackpressureDrop()
                .concatMap(_ -> ask(name, question, timer), 1)
                .scan(Seen.NOTHING, Seen::after)
                .skip(1)
                .filter(Seen::isDecided)
                .map(Seen::failure);
    }

    private static Mono<Optional<SyncException>> ask(
            String name, Mono<Void> question, Scheduler timer) {
        return question.timeout(LIMIT, timer)
                .onErrorMap(TimeoutException.class, late -> late(name, late))
                .then(Mono.just(Optional.<SyncException>empty()))
                .onErrorResume(SyncException.class, failure -> Mono.just(Optional.of(failure)));
    }

    private static SyncException late(String name, Throwable cause) {
        return new SyncException(
                ErrorCode.DEPENDENCY_UNAVAILABLE,
                "%s did not answer within %d s.".formatted(name, LIMIT.toSeconds()),
                cause);
    }
}
