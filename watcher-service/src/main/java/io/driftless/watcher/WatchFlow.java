package io.driftless.watcher;

import io.driftless.error.SyncException;
import io.driftless.event.Hint;
import io.driftless.flow.SteadyTime;
import io.driftless.flow.WorkLoop;
import io.driftless.flow.WorkLoop.Rest;
import io.driftless.port.EventBus;
import io.driftless.port.SourceWatch;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * File system events of one folder become hints. Hints that cannot be sent are kept, collapsing
 * upwards, until they can; nothing is dropped silently.
 */
public final class WatchFlow {
    private static final Logger LOG = LoggerFactory.getLogger(WatchFlow.class);

    private final FolderId folder;
    private final SourceWatch watch;
    private final EventBus bus;
    private final WatchSettings settings;
    private final Scheduler timer;

    public WatchFlow(
            FolderId folder,
            SourceWatch watch,
            EventBus bus,
            WatchSettings settings,
            Scheduler timer) {
        this.folder = folder;
        this.watch = watch;
        this.bus = bus;
        this.settings = settings;
        this.timer = timer;
    }

    /**
     * Watches until cancelled. Emits every event seen, so that a caller can tell when the watch
     * stands.
     */
    public Flux<WatchEvent> run() {
        return Flux.defer(() -> {
            HintBuffer buffer = new HintBuffer(folder, settings);
            Flux<WatchEvent> events =
                    watching().doOnNext(event -> take(buffer, event)).publish().refCount(2);
            Flux<Rest> sending = new WorkLoop(timer).run(events, () -> send(buffer));
            return Flux.merge(
                    events.onBackpressureDrop(), sending.ignoreElements().cast(WatchEvent.class));
        });
    }

    /** A root that is away is waited for; what happened meanwhile was seen by nobody. */
    private Flux<WatchEvent> watching() {
        AtomicBoolean isAgain = new AtomicBoolean();
        return Flux.defer(() ->
                        isAgain.getAndSet(true) ? new WatchAfterGap(watch).watch() : watch.watch())
                .retryWhen(
                        settings.backoff()
                                .forEver(
                                        timer,
                                        SyncException::mayPassAtSource,
                                        failure ->
                                                LOG.warn(
                                                        "watch waits folder={} code={} cause={}",
                                                        folder,
                                                        failure.code().id(),
                                                        failure.getMessage())));
    }

    private void take(HintBuffer buffer, WatchEvent event) {
        if (event instanceof WatchEvent.Degraded(var directory, var reason)) {
            LOG.warn(
                    "watch degraded folder={} path={} code=DL-3008 reason={}",
                    folder,
                    directory,
                    reason);
        }
        buffer.add(event, now());
    }

    private Mono<Rest> send(HintBuffer buffer) {
        List<Hint> due = buffer.take(now());
        Mono<Void> sent = due.isEmpty() ? Mono.empty() : publish(due);
        return sent.then(
                Mono.fromSupplier(() ->
                        buffer.nextDue()
                                .<Rest>map(next ->
                                        new Rest.AtMost(
                                                Duration.ofMillis(Math.max(1, next - now()))))
                                .orElseGet(Rest.UntilPoked::new)));
    }

    private Mono<Void> publish(List<Hint> hints) {
        return bus.publish(hints)
                .retryWhen(
                        settings.backoff()
                                .forEver(
                                        timer,
                                        failure ->
                                                LOG.warn(
                                                        "hints wait folder={} code={} cause={}",
                                                        folder,
                                                        failure.code().id(),
                                                        failure.getMessage())));
    }

    private long now() {
        return SteadyTime.of(timer).toEpochMilli();
    }
}
