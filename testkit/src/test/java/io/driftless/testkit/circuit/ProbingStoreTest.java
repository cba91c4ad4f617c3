package io.driftless.testkit.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.circuit.CircuitBreakerStore;
import io.driftless.adapter.circuit.ProbingStore;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.testkit.contract.BlockStoreContract;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

class ProbingStoreTest extends BlockStoreContract {
    private static final ObjectKey BAD = new ObjectKey("f/a/packs/bad");
    private static final ObjectKey OTHER = new ObjectKey("f/a/packs/other");
    private static final ObjectKey GOOD = new ObjectKey("f/a/packs/good");
    private static final List<ByteBuffer> BYTES = List.of(ByteBuffer.wrap(new byte[] {1}));

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Inner inner = new Inner();
    private final ProbingStore store = new ProbingStore(inner, timer);

    @Override
    protected BlockStore store() {
        return store;
    }

    @ParameterizedTest
    @EnumSource(names = {"DEPENDENCY_UNAVAILABLE", "STORE_REFUSED"})
    void one_object_that_fails_while_others_are_given_is_at_fault_alone(ErrorCode code) {
        putAll();
        inner.code = code;
        inner.fails = BAD::equals;

        failsWith(ErrorCode.STORE_OBJECT_UNREADABLE, store.get(BAD));
        failsWith(ErrorCode.STORE_OBJECT_UNREADABLE, store.getRange(BAD, 0, 1));
        failsWith(ErrorCode.STORE_OBJECT_UNREADABLE, store.exists(BAD));
        failsWith(ErrorCode.STORE_OBJECT_UNREADABLE, store.delete(BAD));
        assertThat(store.get(GOOD).block()).isEqualTo(BYTES.getFirst());
    }

    @ParameterizedTest
    @EnumSource(names = {"DEPENDENCY_UNAVAILABLE", "STORE_REFUSED"})
    void a_store_that_gives_nothing_is_at_fault_itself(ErrorCode code) {
        putAll();
        inner.code = code;
        inner.fails = _ -> true;

        failsWith(code, store.get(BAD));
        failsWith(code, store.delete(GOOD));
    }

    @Test
    void an_object_that_is_asked_for_before_any_other_is_at_fault_where_another_is_listed() {
        inner.store.put(BAD, BYTES).block();
        inner.fails = BAD::equals;
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.get(BAD));

        inner.store.put(GOOD, BYTES).block();
        timer.advanceTimeBy(Duration.ofSeconds(2));

        failsWith(ErrorCode.STORE_OBJECT_UNREADABLE, store.get(BAD));
    }

    @Test
    void what_was_given_before_may_be_at_fault_as_well_where_another_is_listed() {
        ObjectKey third = new ObjectKey("f/a/packs/third");
        inner.store.put(third, BYTES).block();
        putAll();
        inner.fails = key -> !key.equals(third);

        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.get(BAD));
        timer.advanceTimeBy(Duration.ofSeconds(2));

        failsWith(ErrorCode.STORE_OBJECT_UNREADABLE, store.get(BAD));
    }

    @Test
    void however_many_fail_together_one_question_is_asked_and_none_for_a_while_after() {
        putAll();
        inner.fails = _ -> true;
        inner.answer = Sinks.empty();
        int before = inner.asked.size();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            store.getRange(BAD, 0, 5).subscribe(_ -> {}, failures::add);
        }
        assertThat(failures).isEmpty();

        inner.answer.tryEmitEmpty();
        assertThat(failures).hasSize(20);
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.get(BAD));
        assertThat(inner.asked.size() - before).isEqualTo(20 + 1 + 1);

        timer.advanceTimeBy(Duration.ofSeconds(2));
        inner.fails = BAD::equals;
        failsWith(ErrorCode.STORE_OBJECT_UNREADABLE, store.get(BAD));
    }

    @Test
    void a_question_without_an_answer_is_given_up() {
        putAll();
        inner.fails = BAD::equals;
        inner.answer = Sinks.empty();
        List<Throwable> failures = new ArrayList<>();
        store.get(BAD).subscribe(_ -> {}, failures::add);

        timer.advanceTimeBy(Duration.ofSeconds(11));

        assertThat(failures)
                .singleElement()
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DEPENDENCY_UNAVAILABLE));
    }

    @Test
    void the_circuit_stays_closed_however_often_one_object_fails() {
        CircuitBreakerStore patient = new CircuitBreakerStore(store);
        putAll();
        inner.fails = BAD::equals;

        for (int i = 0; i < 100; i++) {
            failsWith(ErrorCode.STORE_OBJECT_UNREADABLE, patient.get(BAD));
            assertThat(patient.get(GOOD).block()).isEqualTo(BYTES.getFirst());
        }
        assertThat(patient.refusal()).isEmpty();
    }

    private void putAll() {
        for (ObjectKey key : List.of(GOOD, OTHER, BAD)) {
            store.put(key, BYTES).block();
        }
    }

    private static void failsWith(ErrorCode code, Mono<?> call) {
        assertThatThrownBy(call::block)
                .isInstanceOfSatisfying(
                        SyncException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** A store in memory of which some objects fail; single bytes are given when it is said. */
    private static final class Inner implements BlockStore {
        private final MemoryBlockStore store = new MemoryBlockStore();
        private final List<ObjectKey> asked = new ArrayList<>();
        private ErrorCode code = ErrorCode.DEPENDENCY_UNAVAILABLE;
        private Predicate<ObjectKey> fails = _ -> false;
        private Sinks.Empty<Void> answer = Sinks.empty();

        Inner() {
            answer.tryEmitEmpty();
        }

        private <T> Mono<T> request(ObjectKey key, Mono<T> request) {
            return Mono.defer(() -> {
                asked.add(key);
                return fails.test(key)
                        ? Mono.error(new SyncException(code, "Please slow down."))
                        : request;
            });
        }

        @Override
        public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
            return store.put(key, pieces);
        }

        @Override
        public Mono<ByteBuffer> get(ObjectKey key) {
            return request(key, store.get(key));
        }

        @Override
        public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
            Mono<ByteBuffer> request = request(key, store.getRange(key, offset, length));
            return length == 1 ? Mono.defer(() -> answer.asMono().then(request)) : request;
        }

        @Override
        public Mono<Boolean> exists(ObjectKey key) {
            return request(key, store.exists(key));
        }

        @Override
        public Mono<Void> delete(ObjectKey key) {
            return request(key, store.delete(key));
        }

        @Override
        public Flux<ObjectKey> list(String prefix) {
            return store.list(prefix);
        }
    }
}
