package io.driftless.adapter.circuit;

import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A store that is asked at most so often, or for at most so many bytes, a second. What is more
 * waits for its turn, in the order in which it came; no thread waits for that. What was not used
 * within a second is not kept for later. A request that is longer than a second's bytes goes as a
 * whole, and those after it wait as much longer. Safe for all threads.
 */
public final class PacedStore implements BlockStore {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** Callers limit how many requests they have in flight, so the wait is short. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private static final int UNIT_BYTES = 1 << 10;

    private final BlockStore store;
    private final Optional<RateLimiter> requests;
    private final Optional<RateLimiter> units;
    private final Scheduler timer;

    /**
     * @param requestsPerSecond from 1; none for no limit. A list counts as one request, however
     *     long
     * @param bytesPerSecond of objects put and got, from 1024; none for no limit
     */
    public PacedStore(
            BlockStore store,
            OptionalInt requestsPerSecond,
            OptionalLong bytesPerSecond,
            Scheduler timer) {
        this.store = store;
        this.timer = timer;
        this.requests = limiter("requests", requestsPerSecond);
        this.units =
                limiter(
                        "bytes",
                        bytesPerSecond.isEmpty()
                                ? OptionalInt.empty()
                                : OptionalInt.of(units(bytesPerSecond.getAsLong())));
    }

    private static Optional<RateLimiter> limiter(String name, OptionalInt perSecond) {
        return perSecond.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        RateLimiter.of(
                                name,
                                RateLimiterConfig.custom()
                                        .limitRefreshPeriod(PERIOD)
                                        .limitForPeriod(perSecond.getAsInt())
                                        .timeoutDuration(LONGEST_WAIT)
                                        .build()));
    }

    private static int units(long bytes) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, bytes / UNIT_BYTES));
    }

    private Mono<Void> turn(long bytes) {
        return Mono.defer(() -> {
            long nanos = Math.max(wait(requests, 1), charge(bytes));
            return nanos > 0 ? Mono.delay(Duration.ofNanos(nanos), timer).then() : Mono.empty();
        });
    }

    private long charge(long bytes) {
        return bytes < UNIT_BYTES ? 0 : wait(units, units(bytes));
    }

    private static long wait(Optional<RateLimiter> limiter, int permits) {
        return limiter.map(one -> one.reservePermission(permits)).orElse(0L);
    }

    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        long bytes = pieces.stream().mapToLong(Buffer::remaining).sum();
        return turn(bytes).then(Mono.defer(() -> store.put(key, pieces)));
    }

    /** How long it is turns out when it is there; then the next ones wait. */
    @Override
    public Mono<ByteBuffer> get(ObjectKey key) {
        return turn(0).then(Mono.defer(() -> store.get(key)))
                .doOnNext(bytes -> charge(bytes.remaining()));
    }

    @Override
    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
        return turn(length).then(Mono.defer(() -> store.getRange(key, offset, length)));
    }

    @Override
    public Mono<Boolean> exists(ObjectKey key) {
        return turn(0).then(Mono.defer(() -> store.exists(key)));
    }

    @Override
    public Mono<Void> delete(ObjectKey key) {
        return turn(0).then(Mono.defer(() -> store.delete(key)));
    }

    @Override
    public Flux<ObjectKey> list(String prefix) {
        return turn(0).thenMany(Flux.defer(() -> store.list(prefix)));
    }
}
