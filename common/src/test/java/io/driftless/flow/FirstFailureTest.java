package io.driftless.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class FirstFailureTest {
    private static final SyncException AWAY =
            new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "away");
    private static final SyncException BROKEN =
            new SyncException(ErrorCode.INVARIANT_BROKEN, "broken");

    @Test
    void one_that_does_not_pass_comes_before_those_that_do() {
        assertThat(FirstFailure.of(AWAY)).isSameAs(AWAY);
        assertThat(FirstFailure.of(Exceptions.multiple(AWAY, BROKEN))).isSameAs(BROKEN);
        assertThat(FirstFailure.of(Exceptions.multiple(AWAY, AWAY))).isSameAs(AWAY);
    }

    /** As when a database goes while two of its answers are waited for. */
    @Test
    void what_failed_twice_at_once_is_tried_again() {
        AtomicInteger tries = new AtomicInteger();
        Flux<Integer> work =
                Flux.defer(() ->
                        tries.incrementAndGet() == 1
                                ? Flux.error(Exceptions.multiple(AWAY, AWAY))
                                : Flux.just(7));
        Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1), 0);

        StepVerifier.create(work.retryWhen(backoff.forEver(Schedulers.parallel(), _ -> {})))
                .expectNext(7)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }
}
