package io.driftless.reconciler;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.FirstFailure;
import io.driftless.port.GarbageIndex.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The right to collect, for as long as one collection takes. The database turns away whoever lost
 * it; the store cannot, so whoever deletes there asks {@link #check} just before.
 */
final class HeldLease {
    private final ReconcileContext context;
    private final Lease lease;
    private volatile Instant renewed;

    private HeldLease(ReconcileContext context, Lease lease, Instant asked) {
        this.context = context;
        this.lease = lease;
        this.renewed = asked;
    }

    /** Empty where another holder has it. */
    static Mono<HeldLease> take(ReconcileContext context) {
        return Mono.defer(() -> {
            Instant asked = context.steady();
            return ask(context)
                    .flatMap(Mono::justOrEmpty)
                    .map(lease -> new HeldLease(context, lease, asked));
        });
    }

    private static Mono<Optional<Lease>> ask(ReconcileContext context) {
        return context.ports()
                .garbage()
                .lease(context.folder(), context.holder(), context.garbage().leaseLife());
    }

    Lease lease() {
        return lease;
    }

    /**
     * Renews the lease at a third of its life while the work lasts. One that was lost is not taken
     * again: the work ends.
     */
    <T> Mono<T> during(Mono<T> work) {
        Duration third = context.garbage().leaseLife().dividedBy(3);
        Mono<T> renewals =
                Flux.interval(third, context.timer())
                        .onBackpressureDrop()
                        .concatMap(tick -> renew(), 1)
                        .then(Mono.empty());
        return Flux.merge(work, renewals).next().onErrorMap(FirstFailure::of);
    }

    private Mono<Void> renew() {
        return Mono.defer(() -> {
            Instant asked = context.steady();
            return ask(context)
                    .flatMap(now -> {
                        if (!now.equals(Optional.of(lease))) {
                            return Mono.error(SyncException.leaseLost(context.folder().value()));
                        }
                        renewed = asked;
                        return Mono.<Void>empty();
                    })
                    .onErrorResume(HeldLease::isForLater, failure -> Mono.empty());
        });
    }

    /** The next renewal comes in time: the lease lasts three times as long. */
    private static boolean isForLater(Throwable failure) {
        return failure instanceof SyncException known
                && known.code() == ErrorCode.DEPENDENCY_UNAVAILABLE;
    }

    /** Fails where the lease may have run out by our own clock. */
    Mono<Void> check() {
        return Mono.defer(() -> {
            Instant end = renewed.plus(context.garbage().leaseLife());
            return context.steady().isBefore(end)
                    ? Mono.empty()
                    : Mono.error(SyncException.leaseLost(context.folder().value()));
        });
    }

    Mono<Void> release() {
        return context.ports().garbage().releaseLease(lease);
    }
}
