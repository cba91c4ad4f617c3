package io.driftless.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import io.driftless.event.Report;
import io.driftless.event.Topic;
import io.driftless.port.EventBus;
import io.driftless.port.TargetState.Requests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** When an agent says what is known of its target. */
class ReportingTest {
    private final Bus bus = new Bus();
    private final AgentContext context =
            MemoryAgent.context(new MemoryTree(Instant::now), new Counters(), bus);
    private final Reporting reporting =
            new Reporting(context, new ExtrasGuard(context), new Unlisted(context));

    @Test
    void says_again_what_could_not_be_sent_and_once_what_could() {
        reporting.trouble(new SyncException(ErrorCode.ROOT_LOST, "The root is gone."));
        bus.isAway = true;
        StepVerifier.create(report())
                .expectError(SyncException.class)
                .verify(Duration.ofSeconds(10));

        bus.isAway = false;
        StepVerifier.create(report())
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        StepVerifier.create(report()).expectComplete().verify(Duration.ofSeconds(10));

        assertThat(bus.sent).hasSize(1);
    }

    private Mono<Report> report() {
        return reporting.report(Optional.empty(), Requests.NONE, true).flatMap(reporting::say);
    }

    private static final class Bus implements EventBus {
        private final List<Event> sent = new ArrayList<>();
        private boolean isAway;

        @Override
        public Mono<Void> publish(List<? extends Event> events) {
            return isAway
                    ? Mono.error(
                            new SyncException(
                                    ErrorCode.DEPENDENCY_UNAVAILABLE, "The broker is away."))
                    : Mono.fromRunnable(() -> sent.addAll(events));
        }

        @Override
        public <E extends Event> Flux<Batch<E>> consume(
                Topic<E> topic, String group, int maxEvents) {
            return Flux.never();
        }

        @Override
        public <E extends Event> Flux<E> follow(Topic<E> topic, String key) {
            return Flux.never();
        }

        @Override
        public <E extends Event> Flux<E> followAll(Topic<E> topic) {
            return Flux.never();
        }
    }
}
