package io.driftless.reconciler;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Report;
import io.driftless.event.Topic;
import io.driftless.flow.Holdings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Collects garbage by the clock, and looks after the store when a target says that it lacks
 * something there. One process at a time does so for a folder: who does not get the lease waits for
 * the next time.
 */
final class GarbageLane {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);

    /** What a target says when the store does not give what it should. */
    private static final Set<String> OF_THE_STORE =
            Set.of(
                    ErrorCode.BLOCK_MISSING.id(),
                    ErrorCode.BLOCK_MISMATCH.id(),
                    ErrorCode.STORE_OBJECT_MISSING.id(),
                    ErrorCode.STORE_OBJECT_DAMAGED.id(),
                    ErrorCode.STORE_OBJECT_UNREADABLE.id());

    private final ReconcileContext context;
    private final GarbageSearch search;
    private final StoreCheck store;
    private final StoreAhead ahead;
    private final TargetReports targets = new TargetReports();
    private final BlockReturns returns;
    private final Holdings holdings = new Holdings();
    private Optional<Instant> searched = Optional.empty();

    GarbageLane(ReconcileContext context) {
        this.context = context;
        this.search = new GarbageSearch(context);
        this.ahead = new StoreAhead(context);
        this.returns = new BlockReturns(context, targets);
        this.store = new StoreCheck(context, returns::searched);
    }

    /** Runs until cancelled; emits what each collection came to. */
    Flux<Collected> run() {
        Duration every = context.garbage().collectEvery();
        Flux<?> clock = Flux.interval(every, every, context.timer());
        Duration soon = store.soon();
        Flux<?> missed =
                Flux.merge(
                                listening().doOnNext(_ -> store.missed()),
                                Flux.interval(soon, soon, context.timer())
                                        .filter(_ -> store.isDue()))
                        .sampleFirst(_ -> Mono.delay(soon, context.timer()));
        Flux<Supplier<Flux<Collected>>> collections =
                Flux.merge(clock, missed).onBackpressureLatest().map(_ -> this::collection);
        Flux<Supplier<Flux<Collected>>> answers =
                Flux.interval(returns.pace(), returns.pace(), context.timer())
                        .filter(_ -> returns.isDue())
                        .onBackpressureDrop()
                        .map(_ -> this::answers);
        return Flux.merge(Flux.merge(1, collections, answers).concatMap(Flux::defer, 1), ordered());
    }

    /** After cancelling: completes when the lease is given back. */
    Mono<Void> stopped() {
        return holdings.givenBack();
    }

    /** Remembers the newest report of every target; passes on news of those that lack something. */
    private Flux<Report> listening() {
        return context.ports()
                .bus()
                .followAll(Topic.REPORTS)
                .filter(report -> report.folder().equals(context.folder()))
                .filter(this::isNews)
                .filter(report ->
                        report.deviations().keySet().stream().anyMatch(OF_THE_STORE::contains))
                .retryWhen(
                        context.settings()
                                .backoff()
                                .forEver(context.timer(), failure -> say("reports", failure)));
    }

    private boolean isNews(Report report) {
        return targets.learn(report, context.steady());
    }

    /** Learns what is wished of targets; emits nothing. */
    private Flux<Collected> ordered() {
        return context.ports()
                .bus()
                .followAll(Topic.ORDERS)
                .doOnNext(context.orders()::learn)
                .retryWhen(
                        context.settings()
                                .backoff()
                                .forEver(context.timer(), failure -> say("orders", failure)))
                .ignoreElements()
                .cast(Collected.class)
                .flux();
    }

    private Flux<Collected> collection() {
        return leased(this::collect);
    }

    /** What targets gave back leads to a collection at once when it was all that was wanted. */
    private Flux<Collected> answers() {
        return leased(held ->
                held.during(returns.turn(held))
                        .filter(isToBeLookedAfter -> isToBeLookedAfter)
                        .flatMap(_ -> {
                            store.missed();
                            return collect(held);
                        }));
    }

    private Flux<Collected> leased(Function<HeldLease, Publisher<Collected>> work) {
        return HeldLease.take(context)
                .flatMapMany(held -> holdings.using(() -> held, work, this::release))
                .onErrorResume(
                        GarbageLane::mayPass,
                        failure -> {
                            say("garbage", (SyncException) failure);
                            return Mono.empty();
                        });
    }

    private static boolean mayPass(Throwable failure) {
        return failure instanceof SyncException known && known.isTransient();
    }

    private void say(String step, SyncException failure) {
        LOG.warn(
                "trying again folder={} step={} code={} cause={}",
                context.folder(),
                step,
                failure.code().id(),
                failure.getMessage());
    }

    /** Its failure must not take the place of why the collection ended. */
    private Mono<Void> release(HeldLease held) {
        return held.release()
                .onErrorResume(
                        GarbageLane::mayPass,
                        failure -> {
                            say("lease", (SyncException) failure);
                            return Mono.empty();
                        });
    }

    private Mono<Collected> collect(HeldLease held) {
        Mono<Collected> work =
                context.ports()
                        .garbage()
                        .heard(context.folder(), targets.heard())
                        .then(
                                context.ports()
                                        .garbage()
                                        .standing(context.folder(), context.garbage().retention()))
                        .flatMap(standing ->
                                standing.map(context.garbage().retention()::oldestRetained)
                                        .map(oldest -> collect(held, oldest))
                                        .orElseGet(() -> Mono.just(Collected.NOTHING)))
                        .doOnNext(this::say);
        return held.during(ahead.isSetBack().flatMap(is -> is ? Mono.just(passedOver()) : work));
    }

    private Collected passedOver() {
        LOG.warn(
                "garbage not collected, the store has later commits than the database folder={}",
                context.folder());
        return Collected.NOTHING;
    }

    private Mono<Collected> collect(HeldLease held, long oldestRetained) {
        return store.run(held.lease(), targets.doubted())
                .delayUntil(_ -> lookForReturned(held))
                .flatMap(repaired -> pass(held, oldestRetained, repaired))
                .delayUntil(_ -> isSearchDue() ? searchNow(held) : Mono.empty());
    }

    private Mono<Collected> pass(HeldLease held, long oldestRetained, long repaired) {
        boolean isWhole = store.isWhole();
        if (!isWhole) {
            LOG.warn(
                    "no pack or page deleted, committed blocks have no place folder={}",
                    context.folder());
        }
        return new GarbagePass(context, held, oldestRetained, isWhole)
                .run()
                .map(collected ->
                        new Collected(
                                collected.commits(),
                                collected.condemned(),
                                collected.buried(),
                                collected.forgotten(),
                                repaired));
    }

    private boolean isSearchDue() {
        return searched.map(time -> time.plus(context.garbage().searchEvery()))
                .filter(due -> due.isAfter(context.steady()))
                .isEmpty();
    }

    private Mono<Void> searchNow(HeldLease held) {
        return search.run(held)
                .then(Mono.fromRunnable(() -> searched = Optional.of(context.steady())));
    }

    private Mono<Void> lookForReturned(HeldLease held) {
        return returns.turn(held)
                .doOnNext(isToBeLookedAfter -> {
                    if (isToBeLookedAfter) {
                        store.missed();
                    }
                })
                .then();
    }

    private void say(Collected collected) {
        if (!collected.equals(Collected.NOTHING)) {
            LOG.info(
                    "garbage collected folder={} commits={} dying={} deleted={} forgotten={} repaired={}",
                    context.folder(),
                    collected.commits(),
                    collected.condemned(),
                    collected.buried(),
                    collected.forgotten(),
                    collected.repaired());
        }
    }
}
