package io.driftless.testkit.simulation;

import java.util.Optional;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** A process of the simulation: a flow that can crash and be started anew with nothing but what its ports kept. */
final class Actor {
    private final String name;
    private final Supplier<Flux<?>> flow;
    private final Runnable onCrash;
    private Optional<Disposable> running = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();

    Actor(String name, Supplier<Flux<?>> flow, Runnable onCrash) {
        this.name = name;
        this.flow = flow;
        this.onCrash = onCrash;
    }

    String name() {
        return name;
    }

    void start() {
        if (running.isEmpty()) {
            running = Optional.of(flow.get().subscribe(done -> {}, thrown -> failure = Optional.of(thrown)));
        }
    }

    void crash() {
        running.ifPresent(Disposable::dispose);
        running = Optional.empty();
        onCrash.run();
    }

    /** A flow never ends by itself: one that failed met a bug. */
    Optional<Throwable> failure() {
        return failure;
    }
}
