package io.driftless.hosting;

import io.driftless.error.ErrorCode;
import io.driftless.error.Reaction;
import io.driftless.error.SyncException;
import io.driftless.flow.Backoff;
import io.driftless.flow.SteadyTime;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * A flow from the start of its process to the end: opened, run, and opened again after failures. A
 * flow looks at the state of things when it begins, so beginning again loses nothing.
 *
 * <p>A root that was lost or a store that refuses access stops the flow and not the process: what
 * was opened before is what counts, so a process that starts anew could take the empty directory
 * below a missing mount for the source.
 */
final class FlowLife {
    private static final Logger LOG = LoggerFactory.getLogger(FlowLife.class);

    /** A flow that ran this long had begun well. */
    private static final Duration GOOD_RUN = Duration.ofMinutes(1);

    /** What is not given back by then is taken back: leases run out, locks end with the process. */
    private static final Duration GIVING_BACK = Duration.ofSeconds(5);

    private final HostedFlow.Source source;
    private final FlowStatus status;
    private final Backoff backoff;
    private final Scheduler timer;
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final AtomicBoolean isStopping = new AtomicBoolean();
    private int failuresInARow;
    private long begun;

    FlowLife(HostedFlow.Source source, FlowStatus status, Backoff backoff, Scheduler timer) {
        this.source = source;
        this.status = status;
        this.backoff = backoff;
        this.timer = timer;
    }

    /** Completes when stopped; fails with what trying again does not mend. Runs once. */
    Mono<Void> run() {
        return Mono.defer(this::once)
                .onErrorResume(this::afterFailure)
                .repeat(() -> !isStopping.get())
                .then(Mono.fromRunnable(this::stopped));
    }

    /** Ends {@link #run}, which completes when the flow has given back what it held. */
    void stop() {
        isStopping.set(true);
        stop.tryEmitEmpty();
    }

    private void stopped() {
        status.stopped();
        LOG.info("flow stopped");
    }

    private Mono<Void> once() {
        return Mono.usingWhen(
                Mono.defer(this::open).takeUntilOther(stop.asMono()),
                this::follow,
                this::givenBack);
    }

    private Mono<HostedFlow> open() {
        begun = SteadyTime.of(timer).toEpochMilli();
        return source.open();
    }

    private Mono<Void> follow(HostedFlow flow) {
        LOG.info("flow runs");
        status.running();
        return flow.run().get().takeUntilOther(stop.asMono()).then(Mono.defer(this::afterEnd));
    }

    private Mono<Void> afterEnd() {
        return isStopping.get()
                ? Mono.empty()
                : Mono.error(
                        new SyncException(
                                ErrorCode.INVARIANT_BROKEN,
                                "The flow ended by itself; it should run until it is stopped."));
    }

    private Mono<Void> givenBack(HostedFlow flow) {
        return flow.stopped()
                .get()
                .timeout(GIVING_BACK, timer)
                .onErrorResume(
                        TimeoutException.class,
                        late -> {
                            LOG.warn(
                                    "flow gave not everything back in time; it runs out by itself");
                            return Mono.empty();
                        });
    }

    private Mono<Void> afterFailure(Throwable failure) {
        if (isStopping.get()) {
            LOG.warn("flow failed while it was stopped cause={}", failure.toString());
            return Mono.empty();
        }
        if (!(failure instanceof SyncException known) || isFinal(known.code().reaction())) {
            return Mono.error(failure);
        }
        Duration wait = backoff.after(countFailure());
        status.failed(known);
        LOG.warn(
                "flow does not run, trying again code={} seconds={} cause={}",
                known.code().id(),
                wait.toMillis() / 1000.0,
                known.getMessage());
        return Mono.firstWithSignal(Mono.delay(wait, timer).then(), stop.asMono());
    }

    private int countFailure() {
        long lasted = SteadyTime.of(timer).toEpochMilli() - begun;
        failuresInARow = lasted > GOOD_RUN.toMillis() ? 1 : failuresInARow + 1;
        return failuresInARow;
    }

    private static boolean isFinal(Reaction reaction) {
        return switch (reaction) {
            case REFUSE, BUG -> true;
            case RETRY, SKIP_ENTRY, STOP_FOLDER -> false;
        };
    }
}
