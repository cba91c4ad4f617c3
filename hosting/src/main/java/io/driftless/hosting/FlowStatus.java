package io.driftless.hosting;

import io.driftless.error.SyncException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Where the flow of this process stands. Written by its life, read by whoever asks for health. */
final class FlowStatus {
    private final InstantSource clock;
    private final AtomicReference<Now> now;

    enum State {
        /** Not begun yet, or waiting for what it needs to begin. */
        STARTING,
        RUNNING,
        /** It ended and is begun again after a while. */
        FAILED,
        STOPPED
    }

    /**
     * @param since when it came to be so
     * @param lastFailure why the flow last ended or could not begin, also where it runs again
     */
    record Now(State state, Instant since, Optional<Failure> lastFailure) {}

    FlowStatus(InstantSource clock) {
        this.clock = clock;
        this.now =
                new AtomicReference<>(new Now(State.STARTING, clock.instant(), Optional.empty()));
    }

    Now now() {
        return now.get();
    }

    void running() {
        change(State.RUNNING);
    }

    void stopped() {
        change(State.STOPPED);
    }

    private void change(State next) {
        now.updateAndGet(before -> new Now(next, clock.instant(), before.lastFailure()));
    }

    void failed(SyncException why) {
        Instant at = clock.instant();
        Optional<Failure> failure = Optional.of(Failure.of(why, at));
        now.updateAndGet(before ->
                before.state() == State.STARTING
                        ? new Now(State.STARTING, before.since(), failure)
                        : new Now(State.FAILED, at, failure));
    }
}
