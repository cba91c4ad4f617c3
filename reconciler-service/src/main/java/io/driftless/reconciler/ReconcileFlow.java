package io.driftless.reconciler;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Hint;
import io.driftless.flow.WorkLoop;
import io.driftless.flow.WorkLoop.Rest;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Orders full scans of the source: one at the start, then by the schedule. Whatever events were
 * lost, the next run finds what they would have told. The indexer walks; this flow only orders and
 * watches. Beside that it collects garbage.
 */
public final class ReconcileFlow {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);

    private final ReconcileContext context;
    private final GarbageLane garbage;
    private final RunClock clock;
    private final Sinks.Many<Boolean> pokes = Sinks.many().multicast().directBestEffort();
    private final AtomicReference<Optional<SyncException>> trouble =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Run>> last = new AtomicReference<>(Optional.empty());

    public ReconcileFlow(ReconcileContext context) {
        this.context = context;
        this.garbage = new GarbageLane(context);
        this.clock = new RunClock(context);
    }

    /** Runs until cancelled; emits each state of each run that differs from the one before. */
    public Flux<Run> run() {
        return Flux.merge(runs(), garbage.run().ignoreElements().cast(Run.class));
    }

    /** After cancelling: completes when everything is given back. */
    public Mono<Void> stopped() {
        return garbage.stopped();
    }

    /** Has a run begin now, or when the one that is under way has ended: that may have passed. */
    public synchronized void runNow() {
        clock.ask();
        pokes.tryEmitNext(true);
    }

    /** Has runs begin by another schedule from now on: a wait under way is counted anew. */
    public synchronized void schedule(Schedule next) {
        clock.schedule(next);
        pokes.tryEmitNext(true);
    }

    /** When the next run is due; empty while one is, or is under way. Does not block. */
    public Optional<Instant> nextRun() {
        return clock.next();
    }

    /** Why the run that is due does not come forward, as long as that is so. */
    public Optional<SyncException> trouble() {
        return trouble.get();
    }

    private Flux<Run> runs() {
        return Flux.defer(() -> {
            clock.ask();
            Sinks.Many<Run> seen = Sinks.many().unicast().onBackpressureBuffer();
            Flux<Rest> loop =
                    new WorkLoop(context.timer())
                            .run(
                                    pokes.asFlux(),
                                    () -> Mono.defer(() -> runWhereDue(seen)).then(rest()));
            return Flux.merge(seen.asFlux(), loop.ignoreElements().cast(Run.class));
        });
    }

    private Mono<Rest> rest() {
        return Mono.fromSupplier(() -> new Rest.AtMost(clock.rest()));
    }

    private Mono<Void> runWhereDue(Sinks.Many<Run> seen) {
        if (!clock.isDue()) {
            return Mono.empty();
        }
        clock.begin();
        UUID id = context.ids().get();
        return oneRun(id).doOnNext(seen::tryEmitNext).doOnComplete(() -> clock.end(id)).then();
    }

    private Flux<Run> oneRun(UUID id) {
        Hint hint = Hint.tree(context.folder(), EntryPath.ROOT, Hint.Origin.RUN, Optional.of(id));
        return context.ports()
                .bus()
                .publish(List.of(hint))
                .thenMany(watch(id))
                .retryWhen(context.settings().backoff().forEver(context.timer(), this::waits));
    }

    private void waits(SyncException failure) {
        trouble.set(Optional.of(failure));
        LOG.warn(
                "run waits folder={} code={} cause={}",
                context.folder(),
                failure.code().id(),
                failure.getMessage());
    }

    private void moved(Run run) {
        Optional<Run> now = Optional.of(run);
        if (!now.equals(last.getAndSet(now))) {
            trouble.set(Optional.empty());
        }
    }

    /**
     * A run that nobody begins or ends in a long time was lost with its hint: the order is given
     * again.
     */
    private Flux<Run> watch(UUID id) {
        return Flux.interval(context.settings().watchRun(), context.timer())
                .onBackpressureDrop()
                .concatMap(tick -> context.ports().index().run(id), 1)
                .flatMap(Mono::justOrEmpty, 1)
                .distinctUntilChanged()
                .doOnNext(this::moved)
                .takeUntil(run -> run.ended().isPresent())
                .timeout(Duration.ofMinutes(2), context.timer())
                .onErrorMap(
                        TimeoutException.class,
                        silent ->
                                new SyncException(
                                        ErrorCode.DEPENDENCY_UNAVAILABLE,
                                        "The full scan of the source does not move: see whether an indexer runs,"
                                                + " and what it logs.",
                                        silent));
    }
}
