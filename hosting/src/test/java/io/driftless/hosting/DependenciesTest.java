package io.driftless.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class DependenciesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ObjectKey KEY = new ObjectKey("f/x/packs/1");

    private final Dependencies dependencies = new Dependencies(InstantSource.fixed(NOW));
    private Mono<ByteBuffer> answer = Mono.just(ByteBuffer.allocate(1));
    private final BlockStore store =
            dependencies.listen("store", BlockStore.class, storeThatAnswers());

    @Test
    void says_nothing_of_a_dependency_that_never_failed() {
        StepVerifier.create(store.get(KEY)).expectNextCount(1).expectComplete().verify(PATIENCE);

        assertThat(dependencies.troubles()).isEmpty();
    }

    @Test
    void notes_a_failure_and_hands_it_on() {
        answer = Mono.error(new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "no route"));

        StepVerifier.create(store.get(KEY)).expectError(SyncException.class).verify(PATIENCE);

        assertThat(dependencies.troubles())
                .containsOnlyKeys("store")
                .containsValue(
                        new Dependencies.Trouble(
                                new Failure("DL-4001", "no route", NOW), Optional.empty()));
    }

    @Test
    void notes_when_a_dependency_answers_again() {
        answer = Mono.error(new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "no route"));
        StepVerifier.create(store.get(KEY)).expectError().verify(PATIENCE);
        answer = Mono.empty();

        StepVerifier.create(store.get(KEY)).expectComplete().verify(PATIENCE);

        assertThat(dependencies.troubles().get("store").over()).contains(NOW);
    }

    @Test
    void leaves_failures_of_single_objects_alone() {
        answer = Mono.error(new SyncException(ErrorCode.STORE_OBJECT_MISSING, "gone"));

        StepVerifier.create(store.get(KEY)).expectError().verify(PATIENCE);

        assertThat(dependencies.troubles()).isEmpty();
    }

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private Mono<Void> question = Mono.empty();

    private Disposable watch() {
        return dependencies.watch("kafka", "Kafka", Mono.defer(() -> question), timer).subscribe();
    }

    @Test
    void notes_that_a_dependency_went_though_nobody_calls_it() {
        Disposable watching = watch();
        timer.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(dependencies.troubles()).isEmpty();

        question = Mono.never();
        timer.advanceTimeBy(Duration.ofSeconds(10));

        Dependencies.Trouble trouble = dependencies.troubles().get("kafka");
        assertThat(trouble.last())
                .isEqualTo(new Failure("DL-4001", "Kafka did not answer within 2 s.", NOW));
        assertThat(trouble.over()).isEmpty();
        question = Mono.empty();
        timer.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(dependencies.troubles().get("kafka").over()).contains(NOW);
        watching.dispose();
    }

    @Test
    void notes_nothing_of_one_slow_answer() {
        Disposable watching = watch();
        timer.advanceTimeBy(Duration.ofSeconds(10));

        question = Mono.never();
        timer.advanceTimeBy(Duration.ofSeconds(3));
        question = Mono.empty();
        timer.advanceTimeBy(Duration.ofSeconds(10));

        assertThat(dependencies.troubles()).isEmpty();
        watching.dispose();
    }

    @Test
    void tells_of_a_clock_that_is_off() {
        Mono<Instant> theirs = Mono.just(NOW.plusSeconds(9));

        dependencies.clocks().ask("the database", theirs, InstantSource.fixed(NOW)).block(PATIENCE);

        assertThat(dependencies.skewed())
                .containsExactly(
                        new Failure(
                                "DL-3011",
                                "The clock of the database is 9.0 s ahead of this machine's;"
                                        + " set both by NTP.",
                                NOW));
    }

    private BlockStore storeThatAnswers() {
        return (BlockStore)
                Proxy.newProxyInstance(
                        BlockStore.class.getClassLoader(),
                        List.of(BlockStore.class).toArray(Class<?>[]::new),
                        (self, method, arguments) -> Mono.defer(() -> answer));
    }
}
