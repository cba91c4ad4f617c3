package io.driftless.reconciler;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Hint;
import io.driftless.path.EntryPath;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Run;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Orders full scans of the source: one at the start, then by the clock. Whatever events were lost,
 * the next run finds what they would have told. The indexer walks; this flow only orders and
 * watches.
 */
public final class ReconcileFlow {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);

    private final FolderId folder;
    private final FolderIndex index;
    private final EventBus bus;
    private final ReconcileSettings settings;
    private final Clockwork clockwork;

    /**
     * Time and names.
     *
     * @param ids gives ids for runs; random, or seeded in a simulation
     */
    public record Clockwork(Scheduler timer, Supplier<UUID> ids) {}

    public ReconcileFlow(
            FolderId folder,
            FolderIndex index,
            EventBus bus,
            ReconcileSettings settings,
            Clockwork clockwork) {
        this.folder = folder;
        this.index = index;
        this.bus = bus;
        this.settings = settings;
        this.clockwork = clockwork;
    }

    /** Runs until cancelled; emits each state of each run that differs from the one before. */
    public Flux<Run> run() {
        return Flux.defer(this::oneRun)
                .concatWith(
                        Mono.delay(settings.sourceRunEvery(), clockwork.timer())
                                .thenMany(Flux.defer(this::oneRun))
                                .repeat());
    }

    private Flux<Run> oneRun() {
        UUID id = clockwork.ids().get();
        Hint hint = Hint.tree(folder, EntryPath.ROOT, Hint.Origin.RUN, Optional.of(id));
        return bus.publish(List.of(hint))
                .thenMany(watch(id))
                .retryWhen(
                        settings.backoff()
                                .forEver(
                                        clockwork.timer(),
                                        failure ->
                                                LOG.warn(
                                                        "run waits folder={} code={} cause={}",
                                                        folder,
                                                        failure.code().id(),
                                                        failure.getMessage())));
    }

    /**
     * A run that nobody begins or ends in a long time was lost with its hint: the order is given
     * again.
     */
    private Flux<Run> watch(UUID id) {
        return Flux.interval(settings.watchRun(), clockwork.timer())
                .onBackpressureDrop()
                .concatMap(tick -> index.run(id), 1)
                .flatMap(Mono::justOrEmpty, 1)
                .distinctUntilChanged()
                .takeUntil(run -> run.ended().isPresent())
                .timeout(Duration.ofMinutes(2), clockwork.timer())
                .onErrorMap(
                        TimeoutException.class,
                        silent ->
                                new SyncException(
                                        ErrorCode.DEPENDENCY_UNAVAILABLE,
                                        "Run " + id + " does not move.",
                                        silent));
    }
}
