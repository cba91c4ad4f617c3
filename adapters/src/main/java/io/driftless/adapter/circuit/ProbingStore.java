package io.driftless.adapter.circuit;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.SteadyTime;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Tells the trouble of one object from that of the store. Where reading or deleting an object fails
 * as if the store were away or refused all, a byte of another one is asked for, of one that was
 * given or taken before or else of some that are listed. Is one answered, only the first object is
 * at fault, and the request fails with {@code STORE_OBJECT_UNREADABLE}; else it fails as the store
 * said.
 *
 * <p>However many requests fail together, one question is under way, and a store that did not
 * answer it is not asked again for a second. A PUT that fails is believed: what is new cannot be
 * told from what is there. Safe for all threads.
 */
public final class ProbingStore implements BlockStore {
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofSeconds(1);

    /** So many that are listed are asked for, one after the other. */
    private static final int OTHERS = 3;

    private final BlockStore store;
    private final Scheduler timer;
    private final AtomicReference<Served> served = new AtomicReference<>(Served.NOTHING);
    private final AtomicReference<Optional<Mono<Boolean>>> probe =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Instant> quietUntil = new AtomicReference<>(Instant.MIN);

    /**
     * @param timer tells how long a question has taken
     */
    public ProbingStore(BlockStore store, Scheduler timer) {
        this.store = store;
        this.timer = timer;
    }

    /** The last two objects that were given or taken: one of them is another than any third. */
    private record Served(Optional<ObjectKey> last, Optional<ObjectKey> before) {
        static final Served NOTHING = new Served(Optional.empty(), Optional.empty());

        Served with(ObjectKey key) {
            return last.equals(Optional.of(key)) ? this : new Served(Optional.of(key), last);
        }

        Optional<ObjectKey> otherThan(ObjectKey key) {
            return last.equals(Optional.of(key)) ? before : last;
        }
    }

    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        return store.put(key, pieces).doOnSuccess(_ -> served(key));
    }

    @Override
    public Mono<ByteBuffer> get(ObjectKey key) {
        return judged(key, store.get(key)).doOnNext(_ -> served(key));
    }

    @Override
    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
        return judged(key, store.getRange(key, offset, length)).doOnNext(_ -> served(key));
    }

    @Override
    public Mono<Boolean> exists(ObjectKey key) {
        return judged(key, store.exists(key));
    }

    @Override
    public Mono<Void> delete(ObjectKey key) {
        return judged(key, store.delete(key));
    }

    @Override
    public Flux<ObjectKey> list(String prefix) {
        return store.list(prefix);
    }

    /** What a target gave back may be gone a moment later. */
    private void served(ObjectKey key) {
        if (!key.isReturned()) {
            served.updateAndGet(known -> known.with(key));
        }
    }

    private <T> Mono<T> judged(ObjectKey key, Mono<T> request) {
        return request.onErrorResume(
                CircuitBreakerStore::refusesAll,
                failure ->
                        answersOthersThan(key)
                                .flatMap(answers ->
                                        Mono.error(answers ? ofObject(key, failure) : failure)));
    }

    private static SyncException ofObject(ObjectKey key, Throwable failure) {
        return new SyncException(
                ErrorCode.STORE_OBJECT_UNREADABLE,
                "The store gives others, but not object " + key + ": " + failure.getMessage(),
                failure);
    }

    private Mono<Boolean> answersOthersThan(ObjectKey key) {
        return Mono.defer(() ->
                SteadyTime.of(timer).isBefore(quietUntil.get()) ? Mono.just(false) : shared(key));
    }

    private Mono<Boolean> shared(ObjectKey key) {
        Mono<Boolean> mine = Mono.defer(() -> asked(key)).cache();
        return probe.updateAndGet(one -> one.isPresent() ? one : Optional.of(mine)).orElse(mine);
    }

    /** Where nothing was given yet, as when a process has begun with this very object. */
    private Flux<ObjectKey> someOthers(ObjectKey key) {
        String folder = key.value().substring(0, key.value().indexOf('/', 2) + 1);
        return store.list(folder)
                .filter(other -> !other.equals(key) && !other.isReturned())
                .take(OTHERS);
    }

    /** That an object is gone by now, or has no byte, is an answer too. */
    private Mono<Boolean> answers(ObjectKey key) {
        return store.getRange(key, 0, 1)
                .map(_ -> true)
                .onErrorResume(
                        SyncException.class,
                        failure -> Mono.just(!CircuitBreakerStore.refusesAll(failure)));
    }

    private Mono<Boolean> asked(ObjectKey key) {
        return served.get()
                .otherThan(key)
                .map(Flux::just)
                .orElseGet(() -> someOthers(key))
                .concatMap(this::answers)
                .any(answers -> answers)
                .onErrorResume(CircuitBreakerStore::refusesAll, _ -> Mono.just(false))
                .timeout(LONGEST_PROBE, Mono.just(false), timer)
                .doOnNext(answers -> {
                    if (!answers) {
                        served.set(Served.NOTHING); // They may be at fault as well.
                        quietUntil.set(SteadyTime.of(timer).plus(QUIET));
                    }
                })
                .doOnTerminate(() -> probe.set(Optional.empty()));
    }
}
