package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.port.SourceWatch.WatchEvent.Changed;
import io.driftless.port.SourceWatch.WatchEvent.Degraded;
import io.driftless.port.SourceWatch.WatchEvent.Lost;
import io.driftless.port.SourceWatch.WatchEvent.Watching;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.test.StepVerifier;

class EventQueueTest {
    private final AtomicReference<EventQueue> queue = new AtomicReference<>();

    private Flux<WatchEvent> queueOf(int most) {
        return Flux.create(
                sink -> {
                    queue.set(new EventQueue(sink, most));
                    sink.onRequest(_ -> queue.get().drain());
                },
                FluxSink.OverflowStrategy.IGNORE);
    }

    private void tell(WatchEvent... events) {
        for (WatchEvent event : events) {
            queue.get().tell(event);
        }
    }

    private static WatchEvent changed(int i) {
        return new Changed(EntryPath.parse("f" + i));
    }

    private static WatchEvent degraded(int i) {
        return new Degraded(EntryPath.parse("d" + i), "limit");
    }

    @Test
    void keeps_order_and_demand() {
        StepVerifier.create(queueOf(10), 0)
                .then(() -> tell(changed(1), new Watching(3), changed(2)))
                .thenRequest(1)
                .expectNext(changed(1))
                .thenRequest(2)
                .expectNext(new Watching(3), changed(2))
                .thenCancel()
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void turns_too_many_changes_into_one_loss() {
        StepVerifier.create(queueOf(3), 0)
                .then(() -> tell(new Watching(3), changed(1), changed(2), changed(3), changed(4)))
                .thenRequest(10)
                .expectNext(new Watching(3), new Lost(EntryPath.ROOT))
                .then(() -> tell(changed(5)))
                .expectNext(changed(5))
                .thenCancel()
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void keeps_what_cannot_be_watched_beside_a_loss() {
        StepVerifier.create(queueOf(3), 0)
                .then(() -> IntStream.range(0, 9).forEach(i -> tell(changed(i), degraded(i))))
                .thenRequest(10)
                .expectNext(
                        new Lost(EntryPath.ROOT),
                        new Degraded(EntryPath.ROOT, "limit"),
                        degraded(8))
                .thenCancel()
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void says_the_same_thing_once_while_it_waits() {
        StepVerifier.create(queueOf(3), 0)
                .then(() -> tell(changed(1), changed(1), changed(1)))
                .thenRequest(10)
                .expectNext(changed(1))
                .then(() -> tell(changed(1)))
                .expectNext(changed(1))
                .thenCancel()
                .verify(Duration.ofSeconds(5));
    }
}
