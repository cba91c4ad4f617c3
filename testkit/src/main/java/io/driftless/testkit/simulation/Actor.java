package io.driftless.testkit.simulation;

import java.util.Optional;
import java.util.function.Function;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * A process of the simulation: a flow that can crash and be started anew with nothing but what its
 * ports kept.
 */
final class Actor {
    private final String name;
    private final Function<Life, Flux<?>> flow;
    private final Runnable onCrash;
    private Life life = new Life();
    private Optional<Disposable> running = Optional.empty();

    /** From a start to a crash. What a dead process would still do does not happen. */
    static final class Life {
        private boolean isOver;

        boolean isOver() {
            return isOver;
        }
    }

    private Optional<Throwable> failure = Optional.empty();

    Actor(String name, Function<Life, Flux<?>> flow, Runnable onCrash) {
        this.name = name;
        this.flow = flow;
        this.onCrash = onCrash;
    }

    String name() {
        return name;
    }

    void start() {
        if (running.isEmpty()) {
            life = new Life();
            running =
                    Optional.of(
                            flow.apply(life)
                                    .subscribe(
                                            done -> {},
                                            thrown -> failure = Optional.of(thrown),
                                            () -> failure = Optional.of(ended())));
        }
    }

    private Throwable ended() {
        return new IllegalStateException("The flow of the " + name + " ended by itself.");
    }

    void crash() {
        life.isOver = true;
        running.ifPresent(Disposable::dispose);
        running = Optional.empty();
        onCrash.run();
    }

    /** A flow never ends by itself: one that failed or completed met a bug. */
    Optional<Throwable> failure() {
        return failure;
    }
}
