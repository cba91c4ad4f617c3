package io.driftless.testkit.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.circuit.CircuitBreakerStore;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.testkit.contract.BlockStoreContract;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class CircuitBreakerStoreTest extends BlockStoreContract {
    private static final ObjectKey KEY = new ObjectKey("f/a/b");
    private static final List<ByteBuffer> BYTES = List.of(ByteBuffer.wrap(new byte[] {1}));

    /** The wait after the first refusal is half of that at least and one and a half at most. */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    private final HandClock clock = new HandClock();
    private final RefusingStore inner = new RefusingStore();
    private final CircuitBreakerStore store =
            new CircuitBreakerStore(inner, clock, Duration.ofMinutes(2));

    @Override
    protected BlockStore store() {
        return store;
    }

    @ParameterizedTest
    @EnumSource(names = {"DEPENDENCY_UNAVAILABLE", "STORE_REFUSED"})
    void sends_nothing_after_a_refusal_until_the_wait_is_over(ErrorCode code) {
        inner.refusal = Optional.of(code);
        failsWith(code, store.put(KEY, BYTES));
        assertThat(inner.requests).isOne();

        clock.pass(FIRST_WAIT.dividedBy(2).minusMillis(1));
        failsWith(code, store.put(KEY, BYTES));
        failsWith(code, store.get(KEY));
        failsWith(code, store.getRange(KEY, 0, 1));
        failsWith(code, store.exists(KEY));
        failsWith(code, store.delete(KEY));
        failsWith(code, store.list("f/").then());

        assertThat(inner.requests).isOne();
    }

    /** It has no right to give blocks back, which is no reason not to read. */
    @Test
    void goes_on_after_a_block_that_may_not_be_given_back() {
        ObjectKey returned = ObjectKey.returned(new FolderId("a"), Sha256.block(new byte[] {1}));
        inner.refusal = Optional.of(ErrorCode.STORE_REFUSED);
        failsWith(ErrorCode.STORE_REFUSED, store.put(returned, BYTES));
        assertThat(store.refusal()).isEmpty();

        inner.refusal = Optional.empty();
        assertThat(store.exists(KEY).block()).isFalse();
        inner.refusal = Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE);
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.put(returned, BYTES));
        inner.refusal = Optional.empty();
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.exists(KEY));
    }

    @Test
    void is_not_told_that_the_store_answers_by_a_block_that_may_not_be_given_back() {
        refuseOnce();
        clock.pass(FIRST_WAIT.multipliedBy(2));
        inner.refusal = Optional.of(ErrorCode.STORE_REFUSED);
        ObjectKey returned = ObjectKey.returned(new FolderId("a"), Sha256.block(new byte[] {1}));
        failsWith(ErrorCode.STORE_REFUSED, store.put(returned, BYTES));
        assertThat(store.refusal()).isPresent();

        inner.refusal = Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE);
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.exists(KEY));
        int before = inner.requests;
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.exists(KEY));
        assertThat(inner.requests).isEqualTo(before);
    }

    @Test
    void says_what_the_store_said() {
        inner.refusal = Optional.of(ErrorCode.STORE_REFUSED);
        failsWith(ErrorCode.STORE_REFUSED, store.put(KEY, BYTES));

        assertThatThrownBy(() -> store.get(KEY).block()).hasMessageContaining("slow down");
        assertThat(store.refusal().map(SyncException::code)).contains(ErrorCode.STORE_REFUSED);

        inner.refusal = Optional.empty();
        clock.pass(FIRST_WAIT.multipliedBy(2));
        store.exists(KEY).block();
        assertThat(store.refusal()).isEmpty();
    }

    @Test
    void lets_one_request_through_and_with_its_success_all() {
        refuseOnce();
        clock.pass(FIRST_WAIT.multipliedBy(2));
        CompletableFuture<Void> answer = new CompletableFuture<>();
        inner.answer = Mono.fromFuture(answer);

        var probe = store.put(KEY, BYTES).toFuture();
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.get(KEY));
        answer.complete(null);
        probe.join();

        assertThat(inner.requests).isEqualTo(2);
        assertThat(store.exists(KEY).block()).isTrue();
        assertThat(store.get(KEY).block()).isEqualTo(BYTES.getFirst());
    }

    /** Else nobody who asks for several things at once would ever hear that it is back. */
    @Test
    void the_one_let_through_decides_although_the_failures_beside_it_end_the_work() {
        refuseOnce();
        clock.pass(FIRST_WAIT.multipliedBy(2));
        CompletableFuture<Void> answer = new CompletableFuture<>();
        inner.answer = Mono.fromFuture(answer, true);

        failsWith(
                ErrorCode.DEPENDENCY_UNAVAILABLE,
                Flux.range(0, 4).flatMap(_ -> store.put(KEY, BYTES)).then());
        answer.complete(null);

        assertThat(inner.requests).isEqualTo(2);
        assertThat(store.exists(KEY).block()).isTrue();
    }

    /** It may come back, fail or be given up long after: that says nothing of the store now. */
    @Test
    void what_was_under_way_when_it_refused_decides_nothing() {
        CompletableFuture<Void> late = new CompletableFuture<>();
        inner.answer = Mono.fromFuture(late);
        var before = store.put(KEY, BYTES).toFuture();
        var givenUp = store.put(KEY, BYTES).subscribe();
        refuseOnce();
        CompletableFuture<Void> probing = new CompletableFuture<>();
        inner.answer = Mono.fromFuture(probing);
        clock.pass(FIRST_WAIT.multipliedBy(2));
        var probe = store.put(KEY, BYTES).toFuture();

        late.complete(null);
        before.join();
        givenUp.dispose();

        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.get(KEY));
        probing.complete(null);
        probe.join();
        assertThat(store.exists(KEY).block()).isTrue();
    }

    @Test
    void a_request_that_fails_before_it_is_sent_keeps_no_other_waiting() {
        refuseOnce();
        clock.pass(FIRST_WAIT.multipliedBy(2));
        inner.isBroken = true;
        assertThatThrownBy(() -> store.get(KEY).block()).isInstanceOf(IllegalStateException.class);

        inner.isBroken = false;
        assertThat(store.exists(KEY).block()).isFalse();
    }

    @Test
    void asks_less_often_the_longer_it_is_refused_but_never_stops() {
        inner.refusal = Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE);
        for (int second = 0; second < 120; second++) {
            assertThatThrownBy(() -> store.exists(KEY).block()).isInstanceOf(SyncException.class);
            clock.pass(Duration.ofSeconds(1));
        }
        assertThat(inner.requests).isBetween(6, 22);

        inner.refusal = Optional.empty();
        clock.pass(Duration.ofSeconds(25));
        assertThat(store.exists(KEY).block()).isFalse();
    }

    @Test
    void begins_with_the_short_wait_again_after_a_success() {
        inner.refusal = Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE);
        for (int second = 0; second < 120; second++) {
            assertThatThrownBy(() -> store.exists(KEY).block()).isInstanceOf(SyncException.class);
            clock.pass(Duration.ofSeconds(1));
        }
        inner.refusal = Optional.empty();
        clock.pass(Duration.ofSeconds(25));
        store.exists(KEY).block();

        refuseOnce();
        clock.pass(FIRST_WAIT.multipliedBy(2));

        assertThat(store.exists(KEY).block()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"STORE_OBJECT_MISSING", "STORE_OBJECT_DAMAGED", "NO_SPACE", "BLOCK_MISSING"})
    void what_is_said_of_one_request_refuses_no_other(ErrorCode code) {
        inner.refusal = Optional.of(code);

        failsWith(code, store.get(KEY));
        failsWith(code, store.get(KEY));

        assertThat(inner.requests).isEqualTo(2);
    }

    /** As that of a large pack on a slow way: its success counts whenever it comes. */
    @Test
    void the_one_let_through_may_take_longer_than_the_others_wait_for_it() throws Exception {
        var patient = new CircuitBreakerStore(inner, clock, Duration.ofMillis(20));
        inner.refusal = Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE);
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, patient.exists(KEY));
        inner.refusal = Optional.empty();
        clock.pass(FIRST_WAIT.multipliedBy(2));
        CompletableFuture<Void> answer = new CompletableFuture<>();
        inner.answer = Mono.fromFuture(answer);
        var slow = patient.put(KEY, BYTES).toFuture();
        TimeUnit.MILLISECONDS.sleep(200); // the breaker waits by the clock of the machine

        answer.complete(null);
        slow.join();

        assertThat(patient.exists(KEY).block()).isTrue();
    }

    private void refuseOnce() {
        inner.refusal = Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE);
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, store.exists(KEY));
        inner.refusal = Optional.empty();
    }

    private static void failsWith(ErrorCode code, Mono<?> call) {
        assertThatThrownBy(call::block)
                .isInstanceOfSatisfying(
                        SyncException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** A store in memory that refuses, or answers a PUT late. */
    private static final class RefusingStore implements BlockStore {
        private final MemoryBlockStore store = new MemoryBlockStore();
        private Optional<ErrorCode> refusal = Optional.empty();
        private Mono<Void> answer = Mono.empty();
        private boolean isBroken;
        private int requests;

        private <T> Mono<T> asked(Mono<T> request) {
            return Mono.defer(() -> {
                requests++;
                return refusal.<Mono<T>>map(code -> Mono.error(slowDown(code))).orElse(request);
            });
        }

        private static SyncException slowDown(ErrorCode code) {
            return new SyncException(code, "Please slow down.");
        }

        @Override
        public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
            return asked(Mono.defer(() -> answer).then(store.put(key, pieces)));
        }

        @Override
        public Mono<ByteBuffer> get(ObjectKey key) {
            if (isBroken) {
                throw new IllegalStateException("broken");
            }
            return asked(store.get(key));
        }

        @Override
        public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
            return asked(store.getRange(key, offset, length));
        }

        @Override
        public Mono<Boolean> exists(ObjectKey key) {
            return asked(store.exists(key));
        }

        @Override
        public Mono<Void> delete(ObjectKey key) {
            return asked(store.delete(key));
        }

        @Override
        public Flux<ObjectKey> list(String prefix) {
            return asked(store.list(prefix).collectList()).flatMapIterable(keys -> keys);
        }
    }

    private static final class HandClock extends Clock {
        private Instant now = Instant.EPOCH;

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
