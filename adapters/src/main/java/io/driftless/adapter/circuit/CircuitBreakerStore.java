package io.driftless.adapter.circuit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A store that is left in peace when it refuses. The first request that is refused for all, as by
 * throttling, by a service that is away or by keys that are not accepted any more, is the last one
 * for a while: others fail at once as that one did, and are not sent. Then a single one is let
 * through, and with its success all. The wait begins with 1 s and doubles up to 15 s, each of them
 * longer or shorter by up to a half so that many processes do not ask at once.
 *
 * <p>What is said of one object, as that it is missing, is an answer and refuses nothing. Whether a
 * failure is of one object is for a {@link ProbingStore} to find out, which stands behind this one.
 * Safe for all threads.
 */
public final class CircuitBreakerStore implements BlockStore {
    private static final Logger LOG = LoggerFactory.getLogger(CircuitBreakerStore.class);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    /** A request that is lost on its way must not keep all others waiting. */
    private static final Duration LONGEST_PROBE = Duration.ofMinutes(2);

    private final BlockStore store;
    private final CircuitBreaker breaker;
    private final AtomicReference<Optional<SyncException>> refusal =
            new AtomicReference<>(Optional.empty());

    public CircuitBreakerStore(BlockStore store) {
        this(store, new SteadyClock(), LONGEST_PROBE);
    }

    /**
     * @param clock tells when the store may be asked again
     * @param longestProbe so long the others wait at most for the one let through, by the clock of
     *     the machine
     */
    public CircuitBreakerStore(BlockStore store, Clock clock, Duration longestProbe) {
        this.store = store;
        this.breaker = CircuitBreaker.of("store", settings(clock, longestProbe));
        breaker.getEventPublisher()
                .onStateTransition(event -> say(event.getStateTransition().getToState()));
    }

    private static CircuitBreakerConfig settings(Clock clock, Duration longestProbe) {
        return CircuitBreakerConfig.custom()
                .clock(clock)
                .slidingWindowSize(1)
                .minimumNumberOfCalls(1)
                .permittedNumberOfCallsInHalfOpenState(1)
                .maxWaitDurationInHalfOpenState(longestProbe)
                .waitIntervalFunctionInOpenState(CircuitBreakerStore::waitMillis)
                .recordException(CircuitBreakerStore::refusesAll)
                .build();
    }

    /**
     * @param opened how often in a row, from 1
     */
    private static long waitMillis(int opened) {
        long doubled = FIRST_WAIT.toMillis() << Math.min(opened - 1, 10);
        long base = Math.min(LONGEST_WAIT.toMillis(), doubled);
        return ThreadLocalRandom.current().nextLong(base / 2, base * 3 / 2 + 1);
    }

    private void say(State state) {
        if (state == State.OPEN) {
            LOG.warn(
                    "store is left in peace cause={}",
                    refusal.get().map(Throwable::getMessage).orElse(""));
        } else if (state == State.CLOSED) {
            LOG.info("store is asked again");
        }
    }

    /** What it said when it refused, until it was asked with success. */
    public Optional<SyncException> refusal() {
        return refusal.get();
    }

    /** True of what is said as if it were said of all requests. */
    static boolean refusesAll(Throwable failure) {
        return failure instanceof SyncException known
                && switch (known.code()) {
                    case DEPENDENCY_UNAVAILABLE, STORE_REFUSED -> true;
                    default -> false;
                };
    }

    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        return permitted(
                () -> store.put(key, pieces),
                failure -> key.isReturned() && failure.code() == ErrorCode.STORE_REFUSED);
    }

    @Override
    public Mono<ByteBuffer> get(ObjectKey key) {
        return permitted(() -> store.get(key));
    }

    @Override
    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
        return permitted(() -> store.getRange(key, offset, length));
    }

    @Override
    public Mono<Boolean> exists(ObjectKey key) {
        return permitted(() -> store.exists(key));
    }

    @Override
    public Mono<Void> delete(ObjectKey key) {
        return permitted(() -> store.delete(key));
    }

    @Override
    public Flux<ObjectKey> list(String prefix) {
        return Flux.defer(() -> {
            if (!breaker.tryAcquirePermission()) {
                return Flux.error(notAsked());
            }
            boolean isProbe = isProbing();
            return Flux.defer(() -> store.list(prefix))
                    .doOnComplete(() -> succeeded(isProbe))
                    .doOnError(failure -> failed(isProbe, failure))
                    .doOnCancel(() -> givenUp(isProbe));
        });
    }

    /**
     * The one let through goes on though whoever asked gives up. Where many ask at once, those that
     * are not let through fail the work of all, its own included: its answer would never come.
     */
    private <T> Mono<T> permitted(Supplier<Mono<T>> request) {
        return permitted(request, _ -> false);
    }

    /**
     * @param saysNothing true of failures that do not tell how the store is: whoever may not give
     *     blocks back may still read, and a target must not be kept from that
     */
    private <T> Mono<T> permitted(Supplier<Mono<T>> request, Predicate<SyncException> saysNothing) {
        return Mono.defer(() -> {
            if (!breaker.tryAcquirePermission()) {
                return Mono.error(notAsked());
            }
            boolean isProbe = isProbing();
            Mono<T> sent =
                    Mono.defer(request)
                            .doOnSuccess(answer -> succeeded(isProbe))
                            .doOnError(failure -> {
                                if (failure instanceof SyncException one && saysNothing.test(one)) {
                                    givenUp(isProbe);
                                } else {
                                    failed(isProbe, failure);
                                }
                            })
                            .doOnCancel(() -> givenUp(isProbe));
            return isProbe ? sent.cache() : sent; // a cache is filled though nobody waits any more
        });
    }

    private boolean isProbing() {
        return breaker.getState() == State.HALF_OPEN;
    }

    /** What was sent before the store refused says nothing of how it is after that. */
    private boolean counts(boolean isProbe) {
        return isProbe || breaker.getState() == State.CLOSED;
    }

    /** How long it took is no reason to leave the store in peace: none is told. */
    private void succeeded(boolean isProbe) {
        if (counts(isProbe)) {
            refusal.set(Optional.empty());
            breaker.onSuccess(0, NANOSECONDS);
            if (breaker.getState() == State.OPEN) {
                breaker.transitionToClosedState(); // on a slow way it took longer than was waited
            }
        }
    }

    private void failed(boolean isProbe, Throwable failure) {
        if (counts(isProbe)) {
            if (refusesAll(failure)) {
                refusal.set(Optional.of((SyncException) failure));
            }
            breaker.onError(0, NANOSECONDS, failure);
        }
    }

    private void givenUp(boolean isProbe) {
        if (isProbe) {
            breaker.releasePermission();
        }
    }

    private SyncException notAsked() {
        SyncException said =
                refusal.get()
                        .orElseGet(() ->
                                new SyncException(
                                        ErrorCode.DEPENDENCY_UNAVAILABLE,
                                        "The store has not answered yet."));
        return new SyncException(
                said.code(),
                "The store refused and is left in peace for a while: " + said.getMessage(),
                said);
    }

    /** Goes on as time does, whatever the clock of the machine is set to. */
    private static final class SteadyClock extends Clock {
        private final Instant begun = Instant.now();
        private final long begunNanos = System.nanoTime();

        @Override
        public Instant instant() {
            return begun.plusNanos(System.nanoTime() - begunNanos);
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
