package io.driftless.reconciler;

import io.driftless.adapter.http.StatusServer;
import io.driftless.adapter.http.StatusServer.Answers;
import io.driftless.adapter.http.StatusServer.Listen;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The HTTP API of the process: beside the flow, so it answers also while the flow waits for what it
 * needs.
 */
public final class ApiApplication implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ApiApplication.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

    private final FleetStatus fleet;
    private final Optional<Listen> listen;
    private final Scheduler timer;
    private final Disposable.Swap following = Disposables.swap();
    private final AtomicReference<Optional<StatusServer>> server =
            new AtomicReference<>(Optional.empty());

    /**
     * @param listen empty where nobody is to be answered
     */
    ApiApplication(FleetStatus fleet, Optional<Listen> listen, Scheduler timer) {
        this.fleet = fleet;
        this.listen = listen;
        this.timer = timer;
    }

    /** Fails where it cannot listen: somebody relies on it. */
    @Override
    public void start() {
        Answers answers = new Answers(fleet.status(), fleet::decide, fleet::ask);
        listen.map(at -> StatusServer.start(at, answers, timer).block(START_LIMIT))
                .ifPresent(started -> {
                    server.set(Optional.of(started));
                    following.update(fleet.run().subscribe(_ -> {}, ApiApplication::failed));
                    LOG.info("api answers at {}", started.url());
                });
    }

    private static void failed(Throwable failure) {
        LOG.error("api does not hear of targets any more cause={}", failure.toString(), failure);
    }

    @Override
    public void stop(Runnable stopped) {
        following.dispose();
        Mono.justOrEmpty(server.getAndSet(Optional.empty()))
                .flatMap(StatusServer::close)
                .timeout(STOP_LIMIT, timer)
                .subscribe(_ -> {}, _ -> stopped.run(), stopped);
    }

    /** Only for callers that do not wait; Spring waits by the other one. */
    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return server.get().isPresent();
    }
}
