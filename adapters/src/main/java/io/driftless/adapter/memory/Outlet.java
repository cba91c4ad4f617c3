package io.driftless.adapter.memory;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/**
 * Hands items to one subscriber as it asks for them, one at a time even when it signals from inside
 * a hand-over.
 */
final class Outlet<T> {
    private final FluxSink<T> sink;
    private final Supplier<Optional<T>> next;
    private final Scheduler.Worker worker;
    private final AtomicInteger signals = new AtomicInteger();

    Outlet(FluxSink<T> sink, Supplier<Optional<T>> next, Scheduler.Worker worker) {
        this.sink = sink;
        this.next = next;
        this.worker = worker;
    }

    /** Says that there may be something to hand over: an event, or demand. */
    void signal() {
        if (!sink.isCancelled() && signals.getAndIncrement() == 0) {
            worker.schedule(this::drain);
        }
    }

    void close() {
        worker.dispose();
    }

    private void drain() {
        int missed = signals.get();
        while (missed != 0) {
            while (!sink.isCancelled() && sink.requestedFromDownstream() > 0) {
                Optional<T> item = next.get();
                if (item.isEmpty()) {
                    break;
                }
                sink.next(item.get());
            }
            missed = signals.addAndGet(-missed);
        }
    }
}
