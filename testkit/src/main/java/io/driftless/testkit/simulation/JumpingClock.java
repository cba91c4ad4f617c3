package io.driftless.testkit.simulation;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A machine's clock. Its date may be wrong and jumps; how long something takes it tells right, as
 * the clock of a kernel does.
 */
final class JumpingClock implements Scheduler {
    private final Scheduler timer;
    private Duration offset = Duration.ZERO;

    JumpingClock(Scheduler timer) {
        this.timer = timer;
    }

    void jump(Duration by) {
        offset = offset.plus(by);
    }

    /**
     * As of {@link Scheduler}: a date from milliseconds up, and below that only how time passes.
     */
    @Override
    public long now(TimeUnit unit) {
        return unit.compareTo(TimeUnit.MILLISECONDS) < 0
                ? timer.now(unit)
                : unit.convert(
                        timer.now(TimeUnit.MILLISECONDS) + offset.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return timer.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return timer.schedule(task, delay, unit);
    }

    @Override
    public Disposable schedulePeriodically(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        return timer.schedulePeriodically(task, initialDelay, period, unit);
    }

    @Override
    public Worker createWorker() {
        return timer.createWorker();
    }
}
