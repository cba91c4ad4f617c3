package io.driftless.testkit.simulation;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * A process of the simulation: a flow that can crash and be started anew with nothing but what its
 * ports kept, that can be stopped for a while, and that has a clock of its own.
 */
final class Actor {
    private final String name;
    private final Function<Life, Flux<?>> flow;
    private final Runnable onCrash;
    private final Scheduler timer;
    private final JumpingClock clock;
    private Life life;
    private Optional<Disposable> running = Optional.empty();
    private boolean isEnding;
    private Optional<Throwable> failure = Optional.empty();

    /** From a start to a crash. What a dead process would still do does not happen. */
    static final class Life {
        private final Scheduler timer;
        private final JumpingClock clock;
        private boolean isOver;
        private long stoppedUntil;

        private Life(Scheduler timer, JumpingClock clock) {
            this.timer = timer;
            this.clock = clock;
        }

        boolean isOver() {
            return isOver;
        }

        /** What this process goes by. */
        Scheduler clock() {
            return clock;
        }

        /** How long nothing is heard of this process from now on. */
        Duration stop() {
            return Duration.ofMillis(Math.max(0, stoppedUntil - now()));
        }

        private long now() {
            return timer.now(TimeUnit.MILLISECONDS);
        }
    }

    Actor(String name, Function<Life, Flux<?>> flow, Runnable onCrash, Scheduler timer) {
        this.name = name;
        this.flow = flow;
        this.onCrash = onCrash;
        this.timer = timer;
        this.clock = new JumpingClock(timer);
        this.life = new Life(timer, clock);
    }

    String name() {
        return name;
    }

    /** One that is ending is made to first. */
    void start() {
        if (isEnding) {
            crash();
        }
        if (running.isEmpty()) {
            life = new Life(timer, clock);
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

    /** It is asked to end, and gives back what it holds, if it is given the time. */
    void end() {
        running.ifPresent(Disposable::dispose);
        running = Optional.empty();
        isEnding = true;
    }

    void crash() {
        life.isOver = true;
        isEnding = false;
        running.ifPresent(Disposable::dispose);
        running = Optional.empty();
        onCrash.run();
    }

    /** Whatever it asks of others now or asked already takes this long, as if it stood still. */
    void stop(Duration length) {
        life.stoppedUntil = life.now() + length.toMillis();
    }

    void jumpClock(Duration by) {
        clock.jump(by);
    }

    /** A flow never ends by itself: one that failed or completed met a bug. */
    Optional<Throwable> failure() {
        return failure;
    }
}
