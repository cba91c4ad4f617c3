package io.driftless.transfer;

import io.driftless.error.SyncException;
import io.driftless.flow.FirstFailure;
import io.driftless.flow.Holdings;
import io.driftless.flow.WorkLoop;
import io.driftless.flow.WorkLoop.Rest;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.StoreFailures;
import io.driftless.source.RootCheck;
import io.driftless.transfer.Committing.Made;
import io.driftless.transfer.TransferFlow.Transferred;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Commits what is stored, while this process holds the folder's lease. Quiet folders commit at
 * once; busy ones in batches, as the next commit waits a multiple of what the last one took, or
 * until nothing new came for as long as that.
 */
final class CommitLane {
    private static final Logger LOG = LoggerFactory.getLogger(TransferFlow.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);

    /** How often it is asked whether the first full scan is over: nobody tells of that. */
    private static final Duration FIRST_SCAN = Duration.ofMillis(500);

    private final TransferContext context;
    private final RootCheck root;
    private final Published published;
    private final IndexRebuild rebuild;
    private final Holdings holdings = new Holdings();

    CommitLane(TransferContext context, RootCheck root) {
        this.context = context;
        this.root = root;
        this.published = new Published(context);
        this.rebuild = new IndexRebuild(context, published);
    }

    Flux<Transferred> run() {
        return holdings.using(this::hold, this::work, this::giveBack);
    }

    private Holding hold() {
        FirstScan firstScan = new FirstScan(context);
        return new Holding(
                new Committing(context, root, firstScan, published),
                new Sending(context, firstScan));
    }

    /** Completes when the lease is given back after the flow was cancelled. */
    Mono<Void> stopped() {
        return holdings.givenBack();
    }

    /** What lasts from step to step. Steps never overlap. */
    private final class Holding {
        private final Committing committing;
        private final Sending sending;
        private Optional<Lease> lease = Optional.empty();
        private volatile Instant renewed = Instant.MIN;
        private int failures;

        Holding(Committing committing, Sending sending) {
            this.committing = committing;
            this.sending = sending;
        }

        boolean isFresh() {
            return lease.isPresent() && renewed.plus(renewal()).isAfter(context.steady());
        }
    }

    private Flux<Transferred> work(Holding holding) {
        Sinks.Many<Transferred> done = Sinks.many().unicast().onBackpressureBuffer();
        Flux<?> pokes =
                context.ports()
                        .packs()
                        .stored()
                        .filter(folder -> folder.equals(context.folder().id()));
        Flux<Rest> loop = new WorkLoop(context.timer()).run(pokes, () -> step(holding, done));
        return Flux.merge(
                done.asFlux(),
                published.follow().ignoreElements().cast(Transferred.class),
                loop.ignoreElements().cast(Transferred.class));
    }

    /** Its failure must not take the place of why the flow ended. */
    private Mono<Void> giveBack(Holding holding) {
        return Mono.justOrEmpty(holding.lease)
                .flatMap(lease -> context.ports().commits().releaseLease(lease))
                .onErrorResume(
                        CommitLane::mayPass,
                        failure -> {
                            LOG.warn(
                                    "lease runs out by itself folder={} cause={}",
                                    context.folder().id(),
                                    failure.toString());
                            return Mono.empty();
                        });
    }

    private Mono<Rest> step(Holding holding, Sinks.Many<Transferred> done) {
        return lease(holding)
                .flatMap(isHeld -> isHeld ? commit(holding, done) : Mono.just(idle()))
                .doOnNext(rest -> holding.failures = 0)
                .onErrorResume(
                        CommitLane::mayPass, failure -> failed(holding, (SyncException) failure));
    }

    /**
     * A commit changes pages, and the store cannot give them any more: they are made again of what
     * is committed, which is in the database. Other failures leave it at that one.
     */
    private <T> Mono<T> mend(Throwable failure) {
        return context.lostPages()
                .all()
                .doOnNext(pages ->
                        LOG.warn(
                                "pages made again folder={} code={} pages={} cause={}",
                                context.folder().id(),
                                ((SyncException) failure).code().id(),
                                pages,
                                failure.getMessage()))
                .flatMap(pages -> Mono.error(failure));
    }

    private static boolean mayPass(Throwable failure) {
        return failure instanceof SyncException known && known.isTransient();
    }

    private Rest idle() {
        return new Rest.AtMost(renewal());
    }

    private Duration renewal() {
        return context.settings().leaseLife().dividedBy(3);
    }

    /** Takes the lease or renews it in time; whoever gains it says the newest commit again. */
    private Mono<Boolean> lease(Holding holding) {
        if (holding.isFresh()) {
            return Mono.just(true);
        }
        Instant asked = context.steady();
        return askForLease()
                .flatMap(lease -> {
                    boolean isGained = lease.isPresent() && !lease.equals(holding.lease);
                    holding.lease = lease;
                    holding.renewed = asked;
                    if (!isGained) {
                        return Mono.just(lease.isPresent());
                    }
                    holding.committing.forget();
                    return gained(holding, lease.orElseThrow());
                });
    }

    private Mono<Boolean> gained(Holding holding, Lease lease) {
        Mono<UUID> under =
                isAnythingCommitted()
                        .flatMap(is -> is ? published.begun() : Mono.<Void>empty())
                        .then(Mono.defer(() -> rebuild.run(lease)));
        return renewing(holding, lease, under)
                .doOnNext(holding.committing::begin)
                .then(Mono.defer(holding.sending::gained))
                .thenReturn(true);
    }

    private Mono<Boolean> isAnythingCommitted() {
        return context.ports().commits().newest(context.folder().id()).map(Optional::isPresent);
    }

    private Mono<Optional<Lease>> askForLease() {
        return context.ports()
                .commits()
                .lease(context.folder().id(), context.holder(), context.settings().leaseLife());
    }

    /**
     * Renews the lease for as long as the work takes: one that ran out in the middle of a long
     * commit would go to another instance, whose commit is as long.
     */
    private <T> Mono<T> renewing(Holding holding, Lease lease, Mono<T> work) {
        Mono<T> renewals =
                Flux.interval(renewal(), context.timer())
                        .onBackpressureDrop()
                        .concatMap(tick -> renew(holding, lease), 1)
                        .then(Mono.empty());
        return Flux.merge(work, renewals).next().onErrorMap(FirstFailure::of);
    }

    /** Whether it is still the same lease is for the commit's transaction to find out. */
    private Mono<Void> renew(Holding holding, Lease lease) {
        Instant asked = context.steady();
        return askForLease()
                .doOnNext(renewed -> {
                    if (renewed.equals(Optional.of(lease))) {
                        holding.renewed = asked;
                    }
                })
                .then()
                .onErrorResume(
                        CommitLane::mayPass,
                        failure -> {
                            // The next one comes in time: the lease lasts three times as long.
                            LOG.warn(
                                    "lease not renewed, trying again folder={} cause={}",
                                    context.folder().id(),
                                    failure.toString());
                            return Mono.empty();
                        });
    }

    private Mono<Rest> commit(Holding holding, Sinks.Many<Transferred> done) {
        Instant began = context.steady();
        Lease lease = holding.lease.orElseThrow();
        Mono<Optional<Made>> made =
                overtaken(holding, lease)
                        .then(Mono.defer(() -> holding.committing.next(lease)))
                        .flatMap(commit ->
                                holding.sending.send(commit).thenReturn(Optional.of(commit)))
                        .defaultIfEmpty(Optional.empty());
        return renewing(
                        holding,
                        lease,
                        made.onErrorResume(StoreFailures::isOfOneObject, this::mend))
                .flatMap(commit -> {
                    commit.ifPresent(one -> done.tryEmitNext(one.report()));
                    return holding.sending
                            .again()
                            .thenReturn(rest(holding, commit.isPresent(), began));
                });
    }

    /** Something later was published than is known: what the store holds is asked anew. */
    private Mono<Void> overtaken(Holding holding, Lease lease) {
        return holding.committing
                .isOvertaken()
                .filter(isOvertaken -> isOvertaken)
                .flatMap(_ -> {
                    holding.committing.forget();
                    return rebuild.run(lease);
                })
                .doOnNext(holding.committing::begin)
                .then();
    }

    private Rest rest(Holding holding, boolean hasCommitted, Instant began) {
        if (!hasCommitted) {
            if (!holding.sending.isWhole()) {
                return new Rest.AtMost(FIRST_SCAN);
            }
            return holding.committing.isHolding()
                    ? new Rest.AtMost(HeldRemovals.QUIET.dividedBy(2))
                    : idle();
        }
        Duration took = Duration.between(began, context.steady());
        Duration pace = took.multipliedBy(context.settings().pace());
        Duration longest = context.settings().longestPace();
        return new Rest.UntilQuiet(took, pace.compareTo(longest) > 0 ? longest : pace);
    }

    private Mono<Rest> failed(Holding holding, SyncException failure) {
        holding.failures++;
        holding.lease = Optional.empty();
        holding.committing.forget();
        LOG.warn(
                "commit waits folder={} code={} cause={}",
                context.folder().id(),
                failure.code().id(),
                failure.getMessage());
        return Mono.just(
                new Rest.AtMost(WorkLoop.backoff(holding.failures, FIRST_RETRY, LONGEST_RETRY)));
    }
}
