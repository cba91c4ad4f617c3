package io.driftless.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.flow.WorkLoop.Rest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class WorkLoopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Rest SOON = new Rest.AtMost(Duration.ofMillis(1));

    private final Scheduler timer = Schedulers.newParallel("timer", 2);
    private final Scheduler elsewhere = Schedulers.newSingle("elsewhere");

    @AfterEach
    void end() {
        timer.dispose();
        elsewhere.dispose();
    }

    /** The step is done on another thread before the thread of the alarm is out of it. */
    @Test
    void goes_on_where_the_next_alarm_comes_while_the_last_one_is_still_at_it() {
        AtomicInteger steps = new AtomicInteger();
        AtomicBoolean wasInterrupted = new AtomicBoolean();

        Long rests =
                new WorkLoop(timer)
                        .run(
                                Flux.never(),
                                () -> {
                                    int step = steps.incrementAndGet();
                                    return step == 2 ? slowToReturn(wasInterrupted) : soon();
                                })
                        .take(4)
                        .count()
                        .block(PATIENCE);

        assertThat(rests).isEqualTo(4);
        assertThat(wasInterrupted).isFalse();
    }

    private static Mono<Rest> soon() {
        return Mono.just(SOON);
    }

    private Mono<Rest> slowToReturn(AtomicBoolean wasInterrupted) {
        return Mono.create(done -> {
            elsewhere.schedule(() -> done.success(SOON));
            long end = System.nanoTime() + Duration.ofMillis(50).toNanos();
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            wasInterrupted.set(Thread.currentThread().isInterrupted());
        });
    }
}
