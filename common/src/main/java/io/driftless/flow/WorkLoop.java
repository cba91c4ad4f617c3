package io.driftless.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Runs a step at the start and then whenever it is poked: never twice at once, once more where
 * pokes came meanwhile, and again at the time the step asks for. Pokes are not counted: the step
 * looks at the state and does all there is.
 */
public final class WorkLoop {
    private final Scheduler timer;

    /**
     * @param timer gives the time for steps that ask to run again
     */
    public WorkLoop(Scheduler timer) {
        this.timer = timer;
    }

    /** What a step says when it is done. */
    public sealed interface Rest {
        /** Nothing to do until the next poke. */
        record UntilPoked() implements Rest {}

        /** Run again after this long, or when poked. */
        record AtMost(Duration duration) implements Rest {}

        /** Run again after this long; pokes until then are answered by that run. */
        record AtLeast(Duration duration) implements Rest {}

        /**
         * Run again when no poke came for the time of {@code quiet}, and in any case after {@code
         * longest}. If no poke came at all it runs after {@code quiet}.
         */
        record UntilQuiet(Duration quiet, Duration longest) implements Rest {}
    }

    /** Emits what each step said; ends when a step fails. */
    public Flux<Rest> run(Publisher<?> pokes, Supplier<Mono<Rest>> step) {
        return Flux.defer(() -> {
            Alarm alarm = new Alarm(timer);
            AtomicLong poked = new AtomicLong();
            Flux<Boolean> told =
                    Flux.from(pokes).map(poke -> true).doOnNext(poke -> poked.set(now()));
            Flux<Boolean> signals = Flux.merge(told, alarm.rings());
            return signals.startWith(true)
                    .onBackpressureLatest()
                    .concatMap(signal -> step.get().flatMap(rest -> rested(rest, poked, alarm)), 0)
                    .doFinally(end -> alarm.dispose());
        });
    }

    private Mono<Rest> rested(Rest rest, AtomicLong poked, Alarm alarm) {
        return switch (rest) {
            case Rest.UntilPoked() -> Mono.just(rest);
            case Rest.AtMost(Duration duration) -> {
                alarm.set(duration);
                yield Mono.just(rest);
            }
            // The alarm covers the case that no poke comes while this waits.
            case Rest.AtLeast(Duration duration) ->
                    Mono.delay(duration, timer)
                            .then(Mono.fromRunnable(() -> alarm.set(Duration.ZERO)))
                            .thenReturn(rest);
            case Rest.UntilQuiet(Duration quiet, Duration longest) ->
                    quiet(quiet.toMillis(), now() + longest.toMillis(), now(), poked)
                            .then(Mono.fromRunnable(() -> alarm.set(Duration.ZERO)))
                            .thenReturn(rest);
        };
    }

    private Mono<Long> quiet(long quiet, long latest, long since, AtomicLong poked) {
        return Mono.defer(() -> {
            long until = Math.min(latest, Math.max(since, poked.get()) + quiet);
            long wait = until - now();
            return wait <= 0
                    ? Mono.just(0L)
                    : Mono.delay(Duration.ofMillis(wait), timer)
                            .then(quiet(quiet, latest, since, poked));
        });
    }

    private long now() {
        return SteadyTime.of(timer).toEpochMilli();
    }

    /** Rings at the last time that was set. */
    private static final class Alarm implements Disposable {
        private static final Duration AGAIN = Duration.ofMillis(1);

        private final Scheduler timer;
        private final Sinks.Many<Boolean> rings = Sinks.many().multicast().directBestEffort();
        private final Disposable.Swap next = Disposables.swap();

        Alarm(Scheduler timer) {
            this.timer = timer;
        }

        Flux<Boolean> rings() {
            return rings.asFlux();
        }

        /** Takes the place of the one before first: this one may ring before it is all set. */
        void set(Duration after) {
            Ring ring = new Ring(this::ring);
            next.update(ring);
            ring.task.update(timer.schedule(ring, after.toMillis(), TimeUnit.MILLISECONDS));
        }

        /**
         * A step may be done, and have set the next alarm, before the thread of the last one is out
         * of it, and the first before anybody listens. Whoever cannot hear it now does then.
         */
        private void ring() {
            if (rings.tryEmitNext(true).isFailure()) {
                set(AGAIN);
            }
        }

        @Override
        public void dispose() {
            next.dispose();
        }
    }

    /**
     * Once. It can be taken back until it rings, and is let be from then on: the step runs on its
     * thread, which would be interrupted.
     */
    private static final class Ring implements Runnable, Disposable {
        private final Runnable bell;
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final Disposable.Swap task = Disposables.swap();

        Ring(Runnable bell) {
            this.bell = bell;
        }

        @Override
        public void run() {
            if (isOver.compareAndSet(false, true)) {
                bell.run();
            }
        }

        @Override
        public void dispose() {
            if (isOver.compareAndSet(false, true)) {
                task.dispose();
            }
        }
    }

    /**
     * The rest after a step that failed {@code failures} times in a row: doubling from {@code
     * first} up to {@code most}.
     */
    public static Duration backoff(int failures, Duration first, Duration most) {
        long factor = 1L << Math.min(Math.max(failures, 1) - 1, 30);
        Duration wait = first.multipliedBy(factor);
        return wait.compareTo(most) > 0 ? most : wait;
    }
}
