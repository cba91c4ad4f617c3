package io.driftless.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.Backoff;
import io.driftless.hosting.FlowStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class FlowLifeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Backoff AGAIN =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 0);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final FlowStatus status = new FlowStatus(InstantSource.fixed(Instant.EPOCH));
    private final List<String> seen = new ArrayList<>();
    private final Queue<Mono<HostedFlow>> openings = new ArrayDeque<>();
    private final FlowLife life = new FlowLife(this::open, status, AGAIN, time);

    private Mono<HostedFlow> open() {
        seen.add("open");
        return openings.remove();
    }

    @Test
    void waits_until_the_flow_has_given_back_what_it_held() {
        Sinks.Empty<Void> givenBack = Sinks.empty();
        openings.add(Mono.just(flow(Flux.never(), givenBack.asMono())));

        StepVerifier.create(life.run())
                .then(() -> assertThat(status.now().state()).isEqualTo(State.RUNNING))
                .then(life::stop)
                .then(() -> assertThat(seen).containsExactly("open", "run", "cancel"))
                .then(() -> assertThat(status.now().state()).isEqualTo(State.RUNNING))
                .then(givenBack::tryEmitEmpty)
                .expectComplete()
                .verify(PATIENCE);

        assertThat(status.now().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void does_not_wait_for_ever_for_what_is_not_given_back() {
        openings.add(Mono.just(flow(Flux.never(), Mono.never())));

        StepVerifier.create(life.run())
                .then(life::stop)
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(6)))
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void begins_once_what_it_needs_is_there() {
        openings.add(Mono.error(unavailable()));
        openings.add(Mono.just(flow(Flux.never(), Mono.empty())));

        StepVerifier.create(life.run())
                .then(() -> assertThat(status.now().state()).isEqualTo(State.STARTING))
                .then(() -> assertThat(status.now().lastFailure()).isPresent())
                .then(() -> time.advanceTimeBy(Duration.ofMillis(1_001)))
                .then(() -> assertThat(status.now().state()).isEqualTo(State.RUNNING))
                .then(life::stop)
                .expectComplete()
                .verify(PATIENCE);

        assertThat(seen).containsExactly("open", "open", "run", "cancel");
    }

    @Test
    void begins_again_when_a_root_that_was_lost_may_be_back() {
        openings.add(Mono.just(flow(Flux.error(failure(ErrorCode.ROOT_LOST)), Mono.empty())));
        openings.add(Mono.just(flow(Flux.never(), Mono.empty())));

        StepVerifier.create(life.run())
                .then(() -> assertThat(status.now().state()).isEqualTo(State.FAILED))
                .then(() ->
                        assertThat(status.now().lastFailure())
                                .hasValueSatisfying(
                                        why -> assertThat(why.code()).isEqualTo("DL-3001")))
                .then(() -> time.advanceTimeBy(Duration.ofMillis(1_001)))
                .then(() -> assertThat(status.now().state()).isEqualTo(State.RUNNING))
                .then(life::stop)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void waits_longer_from_failure_to_failure() {
        for (int i = 0; i < 4; i++) {
            openings.add(Mono.error(unavailable()));
        }
        openings.add(Mono.never());

        StepVerifier.create(life.run())
                .then(() -> time.advanceTimeBy(Duration.ofMillis(7_500)))
                .then(() -> assertThat(seen).hasSize(4))
                .then(() -> time.advanceTimeBy(Duration.ofMillis(8_000)))
                .then(() -> assertThat(seen).hasSize(5))
                .then(life::stop)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void stops_at_once_while_it_waits_for_the_next_try() {
        openings.add(Mono.error(unavailable()));

        StepVerifier.create(life.run()).then(life::stop).expectComplete().verify(PATIENCE);

        assertThat(seen).containsExactly("open");
    }

    @Test
    void ends_with_a_failure_that_no_try_mends() {
        SyncException refused = failure(ErrorCode.STATE_CORRUPT);
        openings.add(Mono.error(refused));

        StepVerifier.create(life.run())
                .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(refused))
                .verify(PATIENCE);
    }

    @Test
    void takes_a_flow_that_ends_by_itself_for_a_bug() {
        openings.add(Mono.just(flow(Flux.empty(), Mono.empty())));

        StepVerifier.create(life.run())
                .expectErrorSatisfies(failure ->
                        assertThat(failure)
                                .isInstanceOfSatisfying(
                                        SyncException.class,
                                        known ->
                                                assertThat(known.code())
                                                        .isEqualTo(ErrorCode.INVARIANT_BROKEN)))
                .verify(PATIENCE);
    }

    private HostedFlow flow(Flux<?> work, Mono<Void> stopped) {
        return new HostedFlow(
                () ->
                        work.doOnSubscribe(begun -> seen.add("run"))
                                .doOnCancel(() -> seen.add("cancel")),
                () -> stopped);
    }

    private static SyncException unavailable() {
        return failure(ErrorCode.DEPENDENCY_UNAVAILABLE);
    }

    private static SyncException failure(ErrorCode code) {
        return new SyncException(code, "planned");
    }
}
