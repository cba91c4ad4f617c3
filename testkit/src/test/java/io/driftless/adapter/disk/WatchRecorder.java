package io.driftless.adapter.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import reactor.core.publisher.BaseSubscriber;

/** Takes down what a watch tells. */
final class WatchRecorder extends BaseSubscriber<WatchEvent> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final Queue<WatchEvent> events = new ConcurrentLinkedQueue<>();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @Override
    protected void hookOnNext(WatchEvent event) {
        events.add(event);
    }

    @Override
    protected void hookOnError(Throwable failure) {
        failures.add(failure);
    }

    static WatchRecorder of(InotifyWatch watch) {
        WatchRecorder recorder = new WatchRecorder();
        watch.watch().subscribe(recorder);
        Awaitility.await().atMost(PATIENCE).until(() -> recorder.has(WatchEvent.Watching.class));
        return recorder;
    }

    boolean has(Class<? extends WatchEvent> kind) {
        return events.stream().anyMatch(kind::isInstance);
    }

    void awaits(WatchEvent event) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(events).contains(event));
    }

    void awaitsChanges(List<EntryPath> paths) {
        List<WatchEvent> wanted = paths.stream().<WatchEvent>map(WatchEvent.Changed::new).toList();
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(events).containsAll(wanted));
    }

    void awaitsSilence() {
        AtomicInteger before = new AtomicInteger(-1);
        Awaitility.await()
                .atMost(PATIENCE)
                .during(Duration.ofMillis(200))
                .until(() -> before.getAndSet(events.size()) == events.size());
    }
}
