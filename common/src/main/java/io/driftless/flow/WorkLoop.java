package io.driftless.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
    }

    /** Emits what each step said; ends when a step fails. */
    public Flux<Rest> run(Publisher<?> pokes, Supplier<Mono<Rest>> step) {
        return Flux.defer(() -> {
            Sinks.Many<Boolean> alarms = Sinks.many().multicast().directBestEffort();
            Disposable.Swap alarm = Disposables.swap();
            Flux<Boolean> signals = Flux.merge(Flux.from(pokes).map(poke -> true), alarms.asFlux());
            return signals.startWith(true)
                    .onBackpressureLatest()
                    .concatMap(signal -> step.get().flatMap(rest -> rested(rest, alarms, alarm)), 0)
                    .doFinally(end -> alarm.dispose());
        });
    }

    private Mono<Rest> rested(Rest rest, Sinks.Many<Boolean> alarms, Disposable.Swap alarm) {
        return switch (rest) {
            case Rest.UntilPoked() -> Mono.just(rest);
            case Rest.AtMost(Duration duration) -> {
                alarm.update(
                        timer.schedule(
                                () -> alarms.tryEmitNext(true),
                                duration.toMillis(),
                                TimeUnit.MILLISECONDS));
                yield Mono.just(rest);
            }
            case Rest.AtLeast(Duration duration) ->
                    // The alarm covers the case that no poke comes while this waits.
                    Mono.delay(duration, timer)
                            .map(tick -> {
                                alarm.update(timer.schedule(() -> alarms.tryEmitNext(true)));
                                return rest;
                            });
        };
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
